/*
 * Make a member of a group: sql/fn/member_create.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text, $4 member text
 * One row:
 *	0 status smallint, 1 created boolean
 */
select g.status, g.created
from sluice.member_create($1::bigint, $2::text, $3::text, $4::text) g
