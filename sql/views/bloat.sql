/*
 * How much larger tables and indexes are than what is in them would need, an
 * estimate from the statistics of the last analyze: rows times the width of
 * their columns and what PostgreSQL adds to each.
 */
create or replace view sluice.bloat as
with part as (
	select c.oid, c.relname as relation, 'table' as kind, c.oid as table_oid,
		greatest(c.reltuples, 0) as entries,
		(
			select 24 + 4 + coalesce(sum(w.width), 0)
			from sluice.column_widths() w
			where w.relation = c.oid
		) as bytes_each,
		coalesce(substring(array_to_string(c.reloptions, ' ')
			from 'fillfactor=(\d+)')::numeric, 100) / 100 as fill
	from pg_class c
	where c.relnamespace = 'sluice'::regnamespace
	and c.relkind = 'r'
	union all
	select c.oid, c.relname, 'index', i.indrelid, greatest(c.reltuples, 0),
		(
			select 8 + 4 + 4 + coalesce(sum(w.width), 0)
			from sluice.column_widths() w
			where w.relation = i.indrelid
			and w.attribute = any (i.indkey)
		),
		0.9
	from pg_index i
	join pg_class c
	on c.oid = i.indexrelid
	where c.relnamespace = 'sluice'::regnamespace
), sized as (
	select p.relation, p.kind, p.table_oid, p.entries,
		pg_relation_size(p.oid) as bytes,
		(ceil(p.entries::numeric * p.bytes_each / (8168 * p.fill)) + 1)
			* 8192 as needed
	from part p
)
select z.relation,
	z.kind,
	pg_size_pretty(z.bytes) as size,
	pg_size_pretty(greatest(0, z.bytes - z.needed)) as spare,
	round(greatest(0, z.bytes - z.needed) / greatest(z.bytes, 1), 2)
		as spare_share,
	z.entries::bigint as entries,
	t.n_dead_tup as dead_rows,
	greatest(t.last_vacuum, t.last_autovacuum) as vacuumed_at,
	greatest(t.last_analyze, t.last_autoanalyze) as analyzed_at,
	z.bytes,
	greatest(0, z.bytes - z.needed)::bigint as spare_bytes
from sized z
join pg_stat_all_tables t
on t.relid = z.table_oid
order by spare_bytes desc, z.bytes desc;

comment on view sluice.bloat is
	'sizes of tables and indexes, and what of it is spare: free for new rows, or waiting for vacuum; an estimate';
comment on column sluice.bloat.entries is
	'rows, or entries of the index, at the last vacuum or analyze';
comment on column sluice.bloat.dead_rows is
	'of the table: rows that vacuum has not removed yet';
comment on column sluice.bloat.spare is
	'a queue that was long keeps its size; new messages fill it again';
comment on column sluice.bloat.spare_share is
	'spare, as a share of size';
comment on column sluice.bloat.vacuumed_at is
	'by hand or by itself; of an index, its table';
comment on column sluice.bloat.analyzed_at is
	'by hand or by itself; of an index, its table';
