/*
 * For the view sluice.slow_statements: what pg_stat_statements has counted in
 * this database, where it is installed and loaded; else what runs now.
 *
 * Who looks may not read what others say. Counted statements have $1 where
 * values were, but not those that need no plan (a new role's password is in
 * one), nor one that was forgotten and came again while it ran: of those that
 * could hold a value nothing is told, as nothing is of comments.
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
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
	v_place text;
begin
	select quote_ident(n.nspname)
	into v_place
	from pg_catalog.pg_extension e
	join pg_catalog.pg_namespace n
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
				't.told '
				'from %s.pg_stat_statements s '
				'cross join lateral (select regexp_replace('
				'regexp_replace(regexp_replace(s.query, '
				'''/\*.*?\*/'', '''', ''g''), ''--[^\n]*'', '
				''''', ''g''), ''^\s+|\s+$'', '''', ''g'')) '
				'as t (told) '
				'where s.dbid = (select d.oid '
				'from pg_catalog.pg_database d '
				'where d.datname = current_database()) '
				'and s.calls > 0 '
				'and t.told ~* ''^(select|insert|update|'
				'delete|merge|with|values)\y'' '
				'and t.told !~ ''[''''\\]|\*/|\$[^0-9]''',
				v_place);
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
		null::float8, null::float8, null::float8, a.statement
	from sluice.sessions_now() a
	where a.here
	and a.state = 'active'
	and a.pid <> pg_backend_pid();
end
$$;
