/*
 * Keep the lease of a reaper for longer. Writes.
 *
 *	$1 name text, $2 holder text, $3 for_ms bigint
 * One row if it is still the holder's:
 *	0 name text
 */
update sluice.reapers r
set leased_until = now() + $3::bigint * interval '1 ms'
where r.name = $1::text
and r.leased_by = $2::text
returning r.name
