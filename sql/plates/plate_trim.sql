/*
 * XTRIM, a piece of it: sql/fn/plate_trim.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 max_length bigint,
 *	$4 min_id bytea, $5 nodes boolean, $6 limit bigint, $7 batch bigint,
 *	$8 batch_bytes bigint
 * One row:
 *	0 status smallint, 1 count bigint, 2 more boolean
 */
select t.status, t.count, t.more
from sluice.plate_trim($1::bigint, $2::text, $3::bigint, $4::bytea,
	$5::boolean, $6::bigint, $7::bigint, $8::bigint) t
