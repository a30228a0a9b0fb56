/*
 * For the view sluice.slow_statements: what pg_stat_statements has counted in
 * this database, where it is installed and loaded; else what runs now. Texts
 * of counted statements have $1 where values were.
 */
create or replace function sluice.slow_statements_now()
returns table (
	source text,
	calls bigint,
	total_seconds double precision,
	mean_ms double precision,
	max_ms double precision,
	rows_each double precision,
	from_cache double precision,
	statement text)
language plpgsql
as $$
declare
	v_place text;
begin
	select quote_ident(n.nspname)
	into v_place
	from pg_extension e
	join pg_namespace n
	on n.oid = e.extnamespace
	where e.extname = 'pg_stat_statements';

	if found then
		begin
			return query execute format(
				'select ''counted'', s.calls, '
				's.total_exec_time / 1000, s.mean_exec_time, '
				's.max_exec_time, '
				's.rows::float8 / greatest(s.calls, 1), '
				's.shared_blks_hit::float8 / greatest(1, '
				's.shared_blks_hit + s.shared_blks_read), '
				's.query '
				'from %s.pg_stat_statements s '
				'where s.dbid = (select d.oid '
				'from pg_database d '
				'where d.datname = current_database()) '
				'and s.calls > 0', v_place);
			return;
		exception
			-- Installed, but the server does not load it.
			when object_not_in_prerequisite_state then
				null;
		end;
	end if;
	return query
	select 'running', 1::bigint,
		extract(epoch from clock_timestamp() - a.query_start)::float8,
		(extract(epoch from clock_timestamp() - a.query_start)
			* 1000)::float8,
		null::float8, null::float8, null::float8, a.query
	from pg_stat_activity a
	where a.datname = current_database()
	and a.state = 'active'
	and a.pid <> pg_backend_pid();
end
$$;
