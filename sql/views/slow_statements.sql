/*
 * What the database spends its time with, the most of it first.
 */
create or replace view sluice.slow_statements as
select s.source,
	s.calls,
	round(s.total_seconds::numeric, 3) as total_seconds,
	round(s.mean_ms::numeric, 3) as mean_ms,
	round(s.max_ms::numeric, 3) as max_ms,
	round(s.rows_each::numeric, 1) as rows_each,
	round(s.from_cache::numeric, 3) as from_cache,
	left(btrim(regexp_replace(s.statement, '\s+', ' ', 'g')), 400)
		as statement
from sluice.slow_statements_now() s
order by s.total_seconds desc;

comment on view sluice.slow_statements is
	'statements by the time they took; needs pg_stat_statements, else it shows what runs now';
comment on column sluice.slow_statements.source is
	'counted: since the statistics were reset; running: now';
comment on column sluice.slow_statements.from_cache is
	'share of the blocks that it found in PostgreSQL''s cache';
comment on column sluice.slow_statements.rows_each is
	'rows of a call, on average';
