/*
 * Forget a plate that was deleted at least $2 seconds ago, if no stream of it
 * lives. Writes.
 *
 *	$1 plate text, $2 seconds integer
 * One row, or none:
 *	0 plate text
 */
delete from sluice.plates p
where p.plate = $1::text
and p.ended_at < now() - make_interval(secs => $2::integer)
and not exists (
	select
	from sluice.streams s
	where s.state = 0
	and s.name > $1::text || '/'
	and s.name < $1::text || '0'
)
returning p.plate
