/*
 * Take an API key from a user. Writes; a new 'auth' epoch.
 *
 *	$1 user_id uuid, $2 id uuid
 * One row, or none when the user has no such key:
 *	0 id uuid
 */
with gone as (
	delete from sluice.api_keys k
	where k.user_id = $1::uuid
	and k.id = $2::uuid
	returning k.id
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'auth'
	and exists (select from gone)
)
select g.id
from gone g
