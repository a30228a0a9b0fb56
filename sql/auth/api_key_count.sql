/*
 * How many API keys a user has. Reads.
 *
 *	$1 user_id uuid
 * One row, or none: there is no such user:
 *	0 count bigint
 */
select count(k.id)
from sluice.users u
left join sluice.api_keys k
on k.user_id = u.id
where u.id = $1::uuid
group by u.id
