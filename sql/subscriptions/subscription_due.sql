/*
 * The subscriptions that the dispatcher has to look at soonest. Reads.
 *
 *	$1 limit bigint
 * Rows:
 *	0 subscription_id text, 1 due_in_us bigint
 */
select b.subscription_id,
	(extract(epoch from b.due_at - clock_timestamp()) * 1000000)::bigint
		as due_in_us
from sluice.subscriptions b
order by b.due_at
limit $1::bigint
