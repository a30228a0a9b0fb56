/*
 * Claim entries that are pending: sql/fn/group_claim.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text, $4 member text,
 *	$5 id bytea[], $6 min_idle bigint, $7 at_ms bigint,
 *	$8 ago_ms bigint, $9 deliveries bigint, $10 force boolean,
 *	$11 just_id boolean, $12 last_id bytea, $13 bytes_max bigint
 * One row with a status, then the entries in the order of the ids, without:
 *	0 status smallint, 1 id bytea, 2 fields boolean, 3 data bytea
 */
select g.status, g.id, g.fields, g.data
from sluice.group_claim($1::bigint, $2::text, $3::text, $4::text,
	$5::bytea[], $6::bigint, $7::bigint, $8::bigint, $9::bigint,
	$10::boolean, $11::boolean, $12::bytea, $13::bigint) g
