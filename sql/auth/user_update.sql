/*
 * Change a user; null leaves a value as it is: sql/fn/user_update.sql.
 * Writes; a new 'auth' epoch.
 *
 *	$1 id uuid, $2 name text, $3 password_hash text, $4 is_admin boolean
 * One row, or none when there is no such user:
 *	0 id uuid, 1 name text, 2 is_admin boolean, 3 version bigint,
 *	4 created_at timestamptz, 5 updated_at timestamptz,
 *	6 outcome text: updated; or taken (the name) or last_admin, and
 *	nothing was changed
 */
select u.id, u.name, u.is_admin, u.version, u.created_at, u.updated_at,
	u.outcome
from sluice.user_update($1::uuid, $2::text, $3::text, $4::boolean) u
