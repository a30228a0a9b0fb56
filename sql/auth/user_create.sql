/*
 * Add a user. Writes; a new 'auth' epoch.
 *
 *	$1 id uuid, $2 name text, $3 password_hash text, $4 is_admin boolean
 * One row, or none when the name is taken:
 *	0 id uuid, 1 name text, 2 is_admin boolean, 3 version bigint,
 *	4 created_at timestamptz, 5 updated_at timestamptz
 */
with created as (
	insert into sluice.users as u (id, name, password_hash, is_admin)
	values ($1::uuid, $2::text, $3::text, $4::boolean)
	on conflict do nothing
	returning u.id, u.name, u.is_admin, u.version, u.created_at,
		u.updated_at
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'auth'
	and exists (select from created)
)
select c.id, c.name, c.is_admin, c.version, c.created_at, c.updated_at
from created c
