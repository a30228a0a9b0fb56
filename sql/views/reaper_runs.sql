/* The reapers: when each runs next, and how it went last. */
create or replace view sluice.reaper_runs as
select r.name as reaper,
	r.schedule,
	r.due_at,
	greatest(now() - r.due_at, interval '0') as overdue,
	r.leased_until > now() as running,
	case when r.leased_until > now() then r.leased_by end as running_on,
	r.started_at,
	case when r.ended_at >= r.started_at
		then r.ended_at - r.started_at end as took,
	r.last_rows,
	nullif(r.last_error, '') as last_error,
	r.runs,
	r.failures,
	r.rows_done
from sluice.reapers r
order by r.name;

comment on view sluice.reaper_runs is
	'the reapers: when each runs next, and how its last run went';
comment on column sluice.reaper_runs.overdue is
	'minutes of it mean that no host ticks: cron, or the supervisor';
comment on column sluice.reaper_runs.took is
	'the last run; null while one is under way';
comment on column sluice.reaper_runs.schedule is
	'by cron''s rules; empty: never';
comment on column sluice.reaper_runs.due_at is
	'when it runs next; null: not planned yet, or never';
comment on column sluice.reaper_runs.last_rows is
	'what its last run marked or removed';
comment on column sluice.reaper_runs.rows_done is
	'what all runs marked or removed';
