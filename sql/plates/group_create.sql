/*
 * Create a consumer group: sql/fn/group_create.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text, $4 id bytea,
 *	$5 entries_read bigint, $6 make boolean
 * One row:
 *	0 status smallint
 */
select g.status
from sluice.group_create($1::bigint, $2::text, $3::text, $4::bytea,
	$5::bigint, $6::boolean) g
