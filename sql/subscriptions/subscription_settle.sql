/*
 * What a worker says of a wake: sql/fn/subscription_settle.sql. Writes.
 *
 *	$1 subscription_id text, $2 kind text, $3 birth uuid, $4 token bigint,
 *	$5 generation bigint, $6 wake_id text, $7 name text[],
 *	$8 incarnation integer[], $9 seq bigint[], $10 how integer
 * One row:
 *	0 status smallint, 1 next boolean
 */
select s.status, s.next
from sluice.subscription_settle($1::text, $2::text, $3::uuid, $4::bigint,
	$5::bigint, $6::text, $7::text[], $8::integer[], $9::bigint[],
	$10::integer) s
