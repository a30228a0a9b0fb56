/*
 * The user who logs in. Reads.
 *
 *	$1 name text
 * One row, or none:
 *	0 id uuid, 1 name text, 2 is_admin boolean, 3 version bigint,
 *	4 password_hash text
 */
select u.id, u.name, u.is_admin, u.version, u.password_hash
from sluice.users u
where u.name = $1::text
