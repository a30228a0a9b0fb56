/* Who waits for a lock, and for whom. */
create or replace view sluice.waiting_locks as
select a.pid,
	a.application_name as application,
	now() - a.state_change as waiting_for,
	left(a.query, 200) as statement,
	b.pid as blocked_by,
	b.application_name as blocking_application,
	b.state as blocking_state,
	now() - b.xact_start as blocking_for,
	left(b.query, 200) as blocking_statement
from pg_stat_activity a
cross join lateral unnest(pg_blocking_pids(a.pid)) as blocking (pid)
left join pg_stat_activity b
on b.pid = blocking.pid
where a.wait_event_type = 'Lock'
order by waiting_for desc;

comment on view sluice.waiting_locks is
	'sessions that wait for a lock, with the session that holds it';
