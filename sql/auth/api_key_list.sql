/*
 * The API keys of a user, oldest first; what they are nobody knows any more.
 * Reads.
 *
 *	$1 user_id uuid, $2 limit bigint, $3 offset bigint
 * Rows:
 *	0 id uuid, 1 name text, 2 created_at timestamptz,
 *	3 expires_at timestamptz or null
 */
select k.id, k.name, k.created_at, k.expires_at
from sluice.api_keys k
where k.user_id = $1::uuid
order by k.created_at, k.id
limit $2::bigint
offset $3::bigint
