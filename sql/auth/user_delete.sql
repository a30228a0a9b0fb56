/*
 * Remove a user and its grants. Writes; a new 'auth' epoch.
 *
 *	$1 id uuid
 * One row, or none when there is no such user:
 *	0 id uuid
 */
with gone as (
	delete from sluice.users u
	where u.id = $1::uuid
	returning u.id
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'auth'
	and exists (select from gone)
)
select g.id
from gone g
