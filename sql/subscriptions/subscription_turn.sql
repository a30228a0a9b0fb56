/*
 * Whatever is due for a subscription: sql/fn/subscription_turn.sql. Writes.
 *
 *	$1 subscription_id text, $2 call_ms integer, $3 look_ms integer,
 *	$4 streams_max integer
 * One row, or none:
 *	0 status smallint, 1 full_up boolean, 2 birth uuid,
 *	3 generation bigint, 4 wake_id text, 5 webhook_url text,
 *	6 wake_stream text, 7 origin text
 */
select t.status, t.full_up, t.birth, t.generation, t.wake_id, t.webhook_url,
	t.wake_stream, t.origin
from sluice.subscription_turn($1::text, $2::integer, $3::integer,
	$4::integer) t
