/*
 * The streams that a subscription was given by name. Reads.
 *
 *	$1 subscription_id text
 * Rows:
 *	0 name text
 */
select l.name
from sluice.subscription_streams l
where l.subscription_id = $1::text
and l.explicit
order by l.name
