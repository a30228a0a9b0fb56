/*
 * Give a user an API key; $6 is how many he may have. Writes. What nobody has
 * had yet is in no cache, so there is no new epoch.
 *
 *	$1 user_id uuid, $2 id uuid, $3 name text, $4 hash bytea,
 *	$5 expires_at timestamptz or null, $6 max bigint
 * One row, or none when there is no such user:
 *	0 created_at timestamptz or null: he has that many
 */
with owner as materialized (
	select u.id
	from sluice.users u
	where u.id = $1::uuid
	for update
), held as (
	select count(*)
	from sluice.api_keys k
	where k.user_id = $1::uuid
), created as (
	insert into sluice.api_keys as k (user_id, id, name, hash, expires_at)
	select o.id, $2::uuid, $3::text, $4::bytea, $5::timestamptz
	from owner o
	cross join held h
	where h.count < $6::bigint
	returning k.created_at
)
select c.created_at
from owner o
left join created c
on true
