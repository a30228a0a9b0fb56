/* Who waits for a lock, and for whom. */
create or replace view sluice.waiting_locks as
select a.pid,
	a.application,
	now() - a.state_change as waiting_for,
	left(a.statement, 200) as statement,
	b.pid as blocked_by,
	b.application as blocking_application,
	b.state as blocking_state,
	now() - b.xact_start as blocking_for,
	left(b.statement, 200) as blocking_statement
from sluice.sessions_now() a
cross join lateral unnest(pg_blocking_pids(a.pid)) as blocking (pid)
left join sluice.sessions_now() b
on b.pid = blocking.pid
where a.waits_for = 'Lock'
order by waiting_for desc;

comment on view sluice.waiting_locks is
	'sessions that wait for a lock, with the session that holds it';
comment on column sluice.waiting_locks.statement is
	'in full if it is our own; of others the first word';
comment on column sluice.waiting_locks.blocking_statement is
	'in full if it is our own; of others the first word';
comment on column sluice.waiting_locks.waiting_for is
	'how long it has waited';
comment on column sluice.waiting_locks.blocking_state is
	'idle in transaction: it has locks and does nothing';
comment on column sluice.waiting_locks.blocking_for is
	'how long its transaction has been open';
