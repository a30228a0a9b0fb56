/*
 * Have all subscriptions looked at: wake-ups may have been missed. Writes.
 *
 * One row:
 *	0 count bigint
 */
with held as materialized (
	select b.subscription_id
	from sluice.subscriptions b
	order by b.subscription_id
	for no key update skip locked
), told as (
	update sluice.subscriptions b
	set look_at = clock_timestamp(),
		due_at = least(b.due_at, clock_timestamp())
	from held h
	where b.subscription_id = h.subscription_id
	returning b.subscription_id
)
select count(*)
from told
