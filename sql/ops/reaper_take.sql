/*
 * Take the lease of a reaper, whose due run has not been done yet. Writes.
 *
 *	$1 name text, $2 holder text, $3 for_ms bigint,
 *	$4 done_until timestamptz: as it was when the run was found due
 * One row if the lease is the holder's now:
 *	0 name text
 */
update sluice.reapers r
set leased_by = $2::text,
	leased_until = now() + $3::bigint * interval '1 ms',
	started_at = now()
where r.name = $1::text
and r.done_until = $4::timestamptz
and r.leased_until <= now()
returning r.name
