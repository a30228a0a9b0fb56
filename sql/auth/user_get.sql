/*
 * A user as admins see it. Reads.
 *
 *	$1 id uuid
 * One row, or none:
 *	0 id uuid, 1 name text, 2 is_admin boolean, 3 version bigint,
 *	4 created_at timestamptz, 5 updated_at timestamptz
 */
select u.id, u.name, u.is_admin, u.version, u.created_at, u.updated_at
from sluice.users u
where u.id = $1::uuid
