/*
 * Give a subscription streams by name: sql/fn/subscription_add.sql. Writes.
 *
 *	$1 subscription_id text, $2 name text[], $3 named_max integer
 * One row:
 *	0 status smallint
 */
select sluice.subscription_add($1::text, $2::text[], $3::integer)
