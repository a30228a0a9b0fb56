/*
 * The tables' sizes, and their rows as PostgreSQL's statistics estimate them.
 * Reads.
 * Rows, those of a family together:
 *	0 family text (fcgi/families.def), 1 a text, 2 b text and 3 c text, the
 *	values of its labels, null for one that is not there, 4 value text
 */
with tables as materialized (
	select s.relid, s.relname::text as name, s.n_live_tup as live,
		s.n_dead_tup as dead,
		greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at,
		s.vacuum_count + s.autovacuum_count as vacuums
	from pg_stat_user_tables s
	where s.schemaname = 'sluice'
)
select f.family, f.a, f.b, null::text as c, f.value
from (
	select 'table_bytes', t.name, n.part, n.bytes::text
	from tables t
	cross join lateral (
		values ('heap', pg_relation_size(t.relid)),
			('indexes', pg_indexes_size(t.relid)),
			('rest', pg_table_size(t.relid)
				- pg_relation_size(t.relid))
	) as n (part, bytes)
	union all
	select 'table_rows', t.name, n.state, n.count::text
	from tables t
	cross join lateral (
		values ('live', t.live), ('dead', t.dead)
	) as n (state, count)
	union all
	select 'table_vacuums', t.name, null, t.vacuums::text
	from tables t
	union all
	select 'table_vacuumed', t.name, null,
		extract(epoch from t.vacuumed_at)::text
	from tables t
	where t.vacuumed_at is not null
	union all
	select n.family, null, null, t.live::text
	from tables t
	join (
		values ('streams', 'streams'), ('entries', 'stream_entries'),
			('ended_streams', 'streams_to_reap'),
			('plates', 'plates'), ('consumers', 'plate_groups'),
			('pending', 'plate_pending'),
			('subscriptions', 'subscriptions')
	) as n (name, family)
	on n.name = t.name
) as f (family, a, b, value)
order by 1, 2, 3
