/*
 * Delete a member of a group: sql/fn/member_delete.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text, $4 member text
 * One row:
 *	0 status smallint, 1 dropped bigint
 */
select g.status, g.dropped
from sluice.member_delete($1::bigint, $2::text, $3::text, $4::text) g
