/*
 * How PostgreSQL does: connections, transactions, locks, replicas, and what
 * stands before the wrap-around. Reads. What other roles do is seen in full
 * only by who may read all statistics (pg_read_all_stats).
 * Rows, those of a family together:
 *	0 family text (fcgi/families.def), 1 a text, 2 b text and 3 c text, the
 *	values of its labels, null for one that is not there, 4 value text
 */
with here as materialized (
	select d.oid, d.datname, d.datfrozenxid, d.datminmxid
	from pg_database d
	where d.datname = current_database()
), sessions as materialized (
	select a.pid, a.state, a.xact_start, a.wait_event_type, a.backend_xmin,
		case when a.application_name like 'sluice %'
			then a.application_name
			else 'other' end as application
	from pg_stat_activity a
	join here h
	on h.oid = a.datid
	where a.pid <> pg_backend_pid()
), wal as materialized (
	select case when pg_is_in_recovery()
		then pg_last_wal_replay_lsn()
		else pg_current_wal_lsn() end as lsn
)
select f.family, f.a, f.b, null::text as c, f.value
from (
	select 'database_connections', s.application,
		coalesce(s.state, 'unknown'), count(*)::text
	from sessions s
	group by 2, 3
	union all
	select 'database_connections_max', null, null,
		current_setting('max_connections')
	union all
	select 'database_oldest_transaction', null, null,
		coalesce(max(extract(epoch from now() - s.xact_start)), 0)
			::text
	from sessions s
	union all
	select 'database_held_transactions', null, null,
		coalesce(max(age(s.backend_xmin)), 0)::text
	from sessions s
	union all
	select 'database_waiting_locks', null, null, count(*)::text
	from sessions s
	where s.wait_event_type = 'Lock'
	union all
	select 'database_size', null, null, pg_database_size(h.oid)::text
	from here h
	union all
	select 'database_wraparound', n.kind, null, n.age::text
	from here h
	cross join lateral (
		values ('transactions', age(h.datfrozenxid)),
			('multixacts', mxid_age(h.datminmxid))
	) as n (kind, age)
	union all
	select 'database_transactions', n.ended, null, n.count::text
	from pg_stat_database s
	join here h
	on h.oid = s.datid
	cross join lateral (
		values ('commit', s.xact_commit), ('rollback', s.xact_rollback)
	) as n (ended, count)
	union all
	select 'database_deadlocks', null, null, s.deadlocks::text
	from pg_stat_database s
	join here h
	on h.oid = s.datid
	union all
	select 'database_blocks', n.found, null, n.count::text
	from pg_stat_database s
	join here h
	on h.oid = s.datid
	cross join lateral (
		values ('cache', s.blks_hit), ('elsewhere', s.blks_read)
	) as n (found, count)
	union all
	select 'database_temp', null, null, s.temp_bytes::text
	from pg_stat_database s
	join here h
	on h.oid = s.datid
	union all
	select 'database_start', null, null,
		extract(epoch from pg_postmaster_start_time())::text
	union all
	select 'database_in_recovery', null, null,
		pg_is_in_recovery()::integer::text
	union all
	select 'database_wal', null, null, (w.lsn - '0/0'::pg_lsn)::text
	from wal w
	union all
	select 'replica_lag_bytes', r.application_name, null,
		max(w.lsn - r.replay_lsn)::text
	from pg_stat_replication r
	cross join wal w
	where r.replay_lsn is not null
	group by 2
	union all
	select 'replica_lag', r.application_name, null,
		max(coalesce(extract(epoch from r.replay_lag), 0))::text
	from pg_stat_replication r
	where r.replay_lsn is not null
	group by 2
	union all
	select 'slot_retained', s.slot_name, null,
		greatest(0, w.lsn - s.restart_lsn)::text
	from pg_replication_slots s
	cross join wal w
	where s.restart_lsn is not null
	union all
	select 'archive_failures', null, null, a.failed_count::text
	from pg_stat_archiver a
	union all
	select 'archive_last', null, null,
		extract(epoch from a.last_archived_time)::text
	from pg_stat_archiver a
	where a.last_archived_time is not null
) as f (family, a, b, value)
order by 1, 2, 3
