/*
 * Deliver of several streams, or once more: sql/fn/group_read_many.sql.
 * Writes.
 *
 *	$1 stream_id bigint[], $2 name text[], $3 consumer text,
 *	$4 member text, $5 after bytea[], $6 count bigint, $7 noack boolean,
 *	$8 entries_max bigint, $9 bytes_max bigint,
 *	$10 history_bytes_max bigint
 * One row with a status, then the entries, by place and in their order:
 *	0 place integer, 1 status smallint, 2 id bytea, 3 fields boolean,
 *	4 data bytea, 5 more boolean
 */
select g.place, g.status, g.id, g.fields, g.data, g.more
from sluice.group_read_many($1::bigint[], $2::text[], $3::text, $4::text,
	$5::bytea[], $6::bigint, $7::boolean, $8::bigint, $9::bigint,
	$10::bigint) g
