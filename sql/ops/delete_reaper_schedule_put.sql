/*
 * Give a reaper, the delete reaper over the API, a schedule, empty for never,
 * which counts from now on. Writes.
 *
 *	$1 name text, $2 schedule text
 * No row.
 */
insert into sluice.reapers as r (name, schedule_set, schedule)
values ($1::text, $2::text, $2::text)
on conflict (name)
do update set schedule_set = excluded.schedule_set,
	schedule = excluded.schedule,
	due_at = null,
	done_until = now()
