/*
 * Remove a user and its grants: sql/fn/user_delete.sql. Writes; a new 'auth'
 * epoch.
 *
 *	$1 id uuid
 * One row, or none when there is no such user:
 *	0 outcome text: deleted or last_admin
 */
select u.outcome
from sluice.user_delete($1::uuid) u
