/*
 * Delete a subscription. Writes.
 *
 *	$1 subscription_id text
 * One row if there was one:
 *	0 value bigint
 */
with gone as (
	delete from sluice.subscriptions b
	where b.subscription_id = $1::text
	returning b.subscription_id
)
update sluice.epochs e
set value = e.value + 1
from gone g
where e.name = 'subscriptions'
returning e.value
