/*
 * Forget a plate that was deleted, if no stream of it lives. Writes.
 *
 *	$1 plate text
 * One row, or none:
 *	0 plate text
 */
delete from sluice.plates p
where p.plate = $1::text
and p.ended_at is not null
and not exists (
	select
	from sluice.streams s
	where s.state = 0
	and s.name > $1::text || '/'
	and s.name < $1::text || '0'
)
returning p.plate
