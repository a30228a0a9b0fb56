/*
 * How wide the columns of this schema's tables are on average, for the view
 * sluice.bloat: statistics that only who may read a table may see, and who
 * reads the view need not. Nothing of what the columns hold is told.
 */
create or replace function sluice.column_widths()
returns table (
	relation oid,
	attribute smallint,
	width integer)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select c.oid, a.attnum, s.avg_width
	from pg_catalog.pg_stats s
	join pg_catalog.pg_class c
	on c.relname = s.tablename
	and c.relnamespace = 'sluice'::regnamespace
	join pg_catalog.pg_attribute a
	on a.attrelid = c.oid
	and a.attname = s.attname
	where s.schemaname = 'sluice';
end
$$;
