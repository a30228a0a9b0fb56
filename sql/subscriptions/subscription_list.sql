/*
 * A page of all subscriptions, by id. Reads.
 *
 *	$1 after text, $2 limit bigint
 * Rows:
 *	0 subscription_id text, 1 kind text, 2 pattern text,
 *	3 created_at timestamptz, 4 failed boolean
 */
select b.subscription_id, b.kind, b.pattern, b.created_at,
	b.attempts > 0 as failed
from sluice.subscriptions b
where b.subscription_id > $1::text
order by b.subscription_id
limit $2::bigint
