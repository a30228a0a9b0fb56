/*
 * The grants of a user, oldest first. Reads.
 *
 *	$1 user_id uuid
 * No row: no such user. Otherwise one for each grant, or one with nulls when
 * it has none:
 *	0 id uuid, 1 user_id uuid, 2 action text, 3 topic_pattern text,
 *	4 consumer_group text, 5 created_at timestamptz
 */
select g.id, g.user_id, g.action, g.topic_pattern, g.consumer_group,
	g.created_at
from sluice.users u
left join sluice.grants g
on g.user_id = u.id
where u.id = $1::uuid
order by g.created_at, g.id
