/*
 * Create a subscription, or compare it: sql/fn/subscription_create.sql.
 * Writes.
 *
 *	$1 subscription_id text, $2 birth uuid, $3 kind text, $4 pattern text,
 *	$5 matcher text, $6 prefix text, $7 webhook_url text,
 *	$8 wake_stream text, $9 lease_ttl_ms integer, $10 description text,
 *	$11 config_hash bytea, $12 origin text, $13 streams text[],
 *	$14 look_ms integer, $15 streams_max integer
 * One row:
 *	0 status smallint
 */
select sluice.subscription_create($1::text, $2::uuid, $3::text, $4::text,
	$5::text, $6::text, $7::text, $8::text, $9::integer, $10::text,
	$11::bytea, $12::text, $13::text[], $14::integer, $15::integer)
