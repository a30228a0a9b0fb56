/*
 * Take a key from a plate. Writes; a new 'auth' epoch.
 *
 *	$1 plate text, $2 id uuid
 * One row, or none when the plate has no such key:
 *	0 id uuid
 */
with gone as (
	delete from sluice.plate_keys k
	where k.plate = $1::text
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
