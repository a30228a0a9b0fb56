/*
 * What the consumer groups of the queue have before them: their lag. Reads
 * three partial indexes of the deliveries, and no message.
 *	$1 shown bigint: so many groups at most, those with the most deliveries
 * Rows, those of a family together:
 *	0 family text (fcgi/families.def), 1 a text, 2 b text and 3 c text, the
 *	values of its labels, null for one that is not there, 4 value text
 */
with found as materialized (
	select d.topic_id, d.group_id, 'pending' as status, count(*) as count,
		min(d.seq) as seq
	from sluice.deliveries d
	where d.status = 0
	group by d.topic_id, d.group_id
	union all
	select d.topic_id, d.group_id,
		case
		when d.visible_at = 'infinity' then 'behind'
		when d.status = 1 and d.visible_at > now() then 'processing'
		when d.status = 1 then 'timed_out'
		when d.visible_at > now() then 'delayed'
		else 'pending'
		end,
		count(*), min(d.seq)
	from sluice.deliveries d
	where d.visible_at is not null
	group by 1, 2, 3
	union all
	select d.topic_id, d.group_id, 'failed', count(*), min(d.seq)
	from sluice.deliveries d
	where d.status = 3
	group by d.topic_id, d.group_id
	union all
	select g.topic_id, g.group_id, 'none', 0, null
	from sluice.consumer_groups g
	where g.state < 2
), named as materialized (
	-- Deliveries of groups that have ended are nobody's lag.
	select f.topic_id, f.group_id, f.status, f.count, f.seq, g.name, g.topic,
		sum(f.count) over (partition by f.topic_id, f.group_id) as total
	from found f
	cross join lateral (
		select n.name, t.name as topic
		from sluice.consumer_groups n
		join sluice.topics t
		on t.topic_id = n.topic_id
		where n.topic_id = f.topic_id
		and n.group_id = f.group_id
		and n.state < 2
		offset 0
	) g
), ranked as materialized (
	select n.topic_id, n.group_id, n.status, n.count, n.seq, n.name, n.topic,
		dense_rank() over (order by n.total desc, n.topic_id, n.group_id)
			<= $1::bigint as shown
	from named n
)
select 'group_lag' as family, r.topic as a, r.name as b, null::text as c,
	coalesce(sum(r.count) filter (where r.status <> 'failed'), 0)::text
		as value
from ranked r
where r.shown
group by r.topic, r.name
union all
select 'group_depth', r.topic, r.name, r.status, sum(r.count)::text
from ranked r
where r.shown
and r.status <> 'none'
group by r.topic, r.name, r.status
union all
select 'group_oldest_age', r.topic, r.name, null,
	greatest(0, round(extract(epoch from now()
		- timestamptz '2024-01-01Z') - min(r.seq) / 1024 / 1e6, 3))::text
from ranked r
where r.shown
and r.status not in ('failed', 'none')
group by r.topic, r.name
union all
select 'queue_groups', null, null, null,
	(select count(*) from ranked r where r.status = 'none')::text
union all
select 'queue_groups_left_out', null, null, null,
	(select count(*) from ranked r where r.status = 'none' and not r.shown)
		::text
order by 1, 2, 3, 4
