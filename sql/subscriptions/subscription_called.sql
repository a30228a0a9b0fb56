/*
 * What became of a call of a webhook: sql/fn/subscription_called.sql. Writes.
 *
 *	$1 subscription_id text, $2 birth uuid, $3 generation bigint,
 *	$4 ok boolean, $5 done boolean
 * One row:
 *	0 again boolean
 */
select sluice.subscription_called($1::text, $2::uuid, $3::bigint, $4::boolean,
	$5::boolean) as again
