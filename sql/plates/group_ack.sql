/*
 * Acknowledge entries, for several callers: sql/fn/group_ack.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text,
 *	$4 callers integer, $5 caller integer[], $6 id bytea[]
 * One row:
 *	0 status smallint, 1 acked bigint[]
 */
select g.status, g.acked
from sluice.group_ack($1::bigint, $2::text, $3::text, $4::integer,
	$5::integer[], $6::bytea[]) g
