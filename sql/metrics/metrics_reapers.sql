/*
 * How the reapers do, and what waits for them. Reads.
 * Rows, those of a family together:
 *	0 family text (fcgi/families.def), 1 a text, 2 b text and 3 c text, the
 *	values of its labels, null for one that is not there, 4 value text
 */
select f.family, f.a, null::text as b, null::text as c, f.value
from (
	select 'reaper_runs', r.name, r.runs::text
	from sluice.reapers r
	union all
	select 'reaper_failures', r.name, r.failures::text
	from sluice.reapers r
	union all
	select 'reaper_rows', r.name, r.rows_done::text
	from sluice.reapers r
	union all
	select 'reaper_last_rows', r.name, r.last_rows::text
	from sluice.reapers r
	union all
	select 'reaper_failed', r.name, (r.last_error <> '')::integer::text
	from sluice.reapers r
	union all
	select 'reaper_running', r.name,
		(r.leased_until > now())::integer::text
	from sluice.reapers r
	union all
	select 'reaper_last_end', r.name, extract(epoch from r.ended_at)::text
	from sluice.reapers r
	where r.ended_at is not null
	union all
	select 'reaper_last_duration', r.name,
		extract(epoch from r.ended_at - r.started_at)::text
	from sluice.reapers r
	where r.ended_at >= r.started_at
	union all
	select 'reaper_overdue', r.name,
		greatest(0, extract(epoch from now() - r.due_at))::text
	from sluice.reapers r
	where r.due_at is not null
	union all
	select 'expiry_overdue', null, coalesce(greatest(0,
		extract(epoch from now() - min(e.due))), 0)::text
	from sluice.message_expiries e
) as f (family, a, value)
order by 1, 2
