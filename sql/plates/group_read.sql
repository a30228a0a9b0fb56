/*
 * Deliver a group's next entries to several callers: sql/fn/group_read.sql.
 * Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text,
 *	$4 member text[], $5 count bigint[], $6 noack boolean[],
 *	$7 entries_max bigint, $8 bytes_max bigint
 * One row with a status, then the entries in their order, without:
 *	0 status smallint, 1 id bytea, 2 fields boolean, 3 data bytea,
 *	4 more boolean
 */
select g.status, g.id, g.fields, g.data, g.more
from sluice.group_read($1::bigint, $2::text, $3::text, $4::text[],
	$5::bigint[], $6::boolean[], $7::bigint, $8::bigint) g
