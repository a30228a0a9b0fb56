/*
 * Take what only one process may do, or keep it; for 0 ms, give it back.
 * Writes.
 *
 *	$1 name text, $2 holder uuid, $3 for_ms integer
 * One row if it is the holder's:
 *	0 held_until timestamptz
 */
update sluice.leases l
set holder = $2::uuid,
	held_until = clock_timestamp() + $3::integer * interval '1 ms'
where l.name = $1::text
and (l.holder = $2::uuid or l.held_until <= clock_timestamp())
returning l.held_until
