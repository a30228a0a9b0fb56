/*
 * Give a user an API key: sql/fn/api_key_create.sql. Writes. What nobody has
 * had yet is in no cache, so there is no new epoch.
 *
 *	$1 user_id uuid, $2 id uuid, $3 name text, $4 hash bytea,
 *	$5 expires_at timestamptz or null, $6 max bigint, how many he may have
 * One row, or none when there is no such user:
 *	0 created_at timestamptz or null: he has that many
 */
select k.created_at
from sluice.api_key_create($1::uuid, $2::uuid, $3::text, $4::bytea,
	$5::timestamptz, $6::bigint) k
where k.outcome <> 'missing'
