/*
 * Whom new entries concern: sql/fn/subscription_hear.sql. Writes.
 *
 *	$1 stream bigint[], $2 streams_max integer
 * Rows, of either kind:
 *	0 subscription_id text, 1 nobodys bigint
 */
select h.subscription_id, h.nobodys
from sluice.subscription_hear($1::bigint[], $2::integer) h
