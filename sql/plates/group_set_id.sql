/*
 * Move a group's place: sql/fn/group_set_id.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text, $4 id bytea,
 *	$5 entries_read bigint
 * One row:
 *	0 status smallint
 */
select g.status
from sluice.group_set_id($1::bigint, $2::text, $3::text, $4::bytea,
	$5::bigint) g
