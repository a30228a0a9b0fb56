/*
 * Append to several streams, each as a whole or not at all:
 * sql/fn/append_many.sql. Writes.
 *
 *	$1 stream_id bigint[], $2 name text[], $3 media_type text[],
 *	$4 count integer[], $5 bytes bigint[], $6 low text[], $7 high text[],
 *	$8 place integer[], $9 rank integer[], $10 key bytea[],
 *	$11 data bytea[]
 * One row:
 *	0 first bigint[], 1 incarnation bigint[], by stream
 */
select a.first, a.incarnation
from sluice.append_many($1::bigint[], $2::text[], $3::text[], $4::integer[],
	$5::bigint[], $6::text[], $7::text[], $8::integer[], $9::integer[],
	$10::bytea[], $11::bytea[]) a
