/*
 * The sessions of the server for the views of people who look and may not
 * read what others say: of a statement nothing is told but its first word, if
 * SQL has such a word, since a literal may be a payload or a password. The
 * whole text is told of autovacuum's, and of those in our own files, which
 * begin with a comment and have $1 where values are: whoever runs them may
 * write the tables and calls himself "sluice something".
 *
 * It sees what its owner sees: of other roles little, unless he may read all
 * statistics (pg_read_all_stats).
 */
create or replace function sluice.sessions_now()
returns table (
	pid integer,
	"user" name,
	application text,
	client inet,
	state text,
	waits_for text,
	query_start timestamptz,
	xact_start timestamptz,
	state_change timestamptz,
	transactions_held integer,
	here boolean,
	statement text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select a.pid, a.usename, a.application_name, a.client_addr, a.state,
		a.wait_event_type, a.query_start, a.xact_start,
		a.state_change,
		greatest(age(a.backend_xmin), age(a.backend_xid)),
		coalesce(a.datname = current_database(), false),
		case when a.backend_type = 'autovacuum worker'
			or a.application_name like 'sluice %'
			and a.query like '/*%'
			and has_table_privilege(a.usesysid, 'sluice.topics',
				'insert')
			then a.query
			else (select k.word
				from pg_catalog.pg_get_keywords() k
				where k.word = substring(lower(a.query),
					'^\s*([a-z]+)'))
			end
	from pg_catalog.pg_stat_activity a;
end
$$;
