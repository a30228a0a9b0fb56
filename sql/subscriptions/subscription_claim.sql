/*
 * Claim the wake of a pull-wake: sql/fn/subscription_claim.sql. Writes.
 *
 *	$1 subscription_id text, $2 worker text
 * One row:
 *	0 status smallint, 1 birth uuid, 2 generation bigint, 3 wake_id text,
 *	4 holder text, 5 lease_ttl_ms integer
 */
select c.status, c.birth, c.generation, c.wake_id, c.holder, c.lease_ttl_ms
from sluice.subscription_claim($1::text, $2::text) c
