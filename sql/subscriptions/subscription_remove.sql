/*
 * Take a stream from a subscription that was given by name; it stays if the
 * pattern fits it. Writes.
 *
 *	$1 subscription_id text, $2 name text
 * One row if there is such a subscription:
 *	0 removed boolean
 */
with gone as (
	delete from sluice.subscription_streams l
	where l.subscription_id = $1::text
	and l.name = $2::text
	and l.explicit
	and not l.globbed
	returning l.name
), kept as (
	update sluice.subscription_streams l
	set explicit = false
	where l.subscription_id = $1::text
	and l.name = $2::text
	and l.explicit
	and l.globbed
	returning l.name
)
select (select count(*) from gone) + (select count(*) from kept) > 0 as removed
from sluice.subscriptions b
where b.subscription_id = $1::text
