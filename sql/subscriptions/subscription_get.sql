/*
 * A subscription. Reads.
 *
 *	$1 subscription_id text
 * One row, or none:
 *	0 subscription_id text, 1 kind text, 2 pattern text,
 *	3 webhook_url text, 4 wake_stream text, 5 lease_ttl_ms integer,
 *	6 description text, 7 origin text, 8 created_at timestamptz,
 *	9 failed boolean, 10 generation bigint, 11 holder text
 */
select b.subscription_id, b.kind, b.pattern, b.webhook_url, b.wake_stream,
	b.lease_ttl_ms, b.description, b.origin, b.created_at,
	b.attempts > 0 as failed, b.generation, b.holder
from sluice.subscriptions b
where b.subscription_id = $1::text
