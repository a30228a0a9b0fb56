/*
 * Who has an API key, with the columns by which user_by_id tells of a user,
 * and until when the key is good. Reads.
 *
 *	$1 hash bytea: of the key
 * No row: no such key. Otherwise one for each grant of its user, or one with
 * nulls instead when he has none:
 *	0 id uuid, 1 name text, 2 is_admin boolean, 3 version bigint,
 *	4 action text, 5 topic_pattern text, 6 consumer_group text,
 *	7 expires_at timestamptz or null
 */
select u.id, u.name, u.is_admin, u.version, g.action, g.topic_pattern,
	g.consumer_group, k.expires_at
from sluice.api_keys k
join sluice.users u
on u.id = k.user_id
left join sluice.grants g
on g.user_id = u.id
where k.hash = $1::bytea
