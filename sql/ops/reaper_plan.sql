/*
 * Note what schedule a reaper goes by and when it is due next, for people.
 * Writes.
 *
 *	$1 name text, $2 schedule text, $3 due_at timestamptz or null,
 *	$4 done_until timestamptz: as it was when that was found out
 * No row.
 */
update sluice.reapers r
set schedule = $2::text,
	due_at = $3::timestamptz
where r.name = $1::text
and r.done_until = $4::timestamptz
