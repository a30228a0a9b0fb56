/*
 * Destroy a group: sql/fn/group_destroy.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text
 * One row:
 *	0 status smallint
 */
select g.status
from sluice.group_destroy($1::bigint, $2::text, $3::text) g
