/*
 * XADD for several callers at once: sql/fn/plate_add.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 data bytea[], $4 id bytea[],
 *	$5 any_seq boolean[], $6 must_exist boolean[], $7 max_length bigint,
 *	$8 min_id bytea, $9 nodes boolean, $10 limit bigint,
 *	$11 batch bigint, $12 batch_bytes bigint
 * Rows:
 *	0 caller integer, 1 status smallint, 2 id bytea
 */
select a.caller, a.status, a.id
from sluice.plate_add($1::bigint, $2::text, $3::bytea[], $4::bytea[],
	$5::boolean[], $6::boolean[], $7::bigint, $8::bytea, $9::boolean,
	$10::bigint, $11::bigint, $12::bigint) a
