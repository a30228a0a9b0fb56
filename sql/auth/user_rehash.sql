/*
 * Replace a password's hash by another of the same password, made under
 * today's settings. Nothing changes for the user, so version, updated_at and
 * epoch stay. Writes.
 *
 *	$1 id uuid, $2 old password_hash text, $3 new password_hash text
 * No rows.
 */
update sluice.users u
set password_hash = $3::text
where u.id = $1::uuid
and u.password_hash = $2::text
