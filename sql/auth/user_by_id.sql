/*
 * A user and what it may do. Reads.
 *
 *	$1 id uuid
 * No row: no such user. Otherwise one for each grant, or one with nulls from
 * action on when it has none:
 *	0 id uuid, 1 name text, 2 is_admin boolean, 3 version bigint,
 *	4 action text, 5 topic_pattern text, 6 consumer_group text
 */
select u.id, u.name, u.is_admin, u.version, g.action, g.topic_pattern,
	g.consumer_group
from sluice.users u
left join sluice.grants g
on g.user_id = u.id
where u.id = $1::uuid
