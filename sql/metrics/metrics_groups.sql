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
), ranked as materialized (
	select g.topic_id, g.group_id, g.name, t.name as topic,
		row_number() over (order by (
			select coalesce(sum(f.count), 0)
			from found f
			where f.topic_id = g.topic_id
			and f.group_id = g.group_id
		) desc, g.topic_id, g.group_id) <= $1::bigint as shown
	from sluice.consumer_groups g
	join sluice.topics t
	on t.topic_id = g.topic_id
	where g.state < 2
)
select 'group_lag' as family, r.topic as a, r.name as b, null::text as c,
	(
		select coalesce(sum(f.count), 0)
		from found f
		where f.topic_id = r.topic_id
		and f.group_id = r.group_id
		and f.status <> 'failed'
	)::text as value
from ranked r
where r.shown
union all
select 'group_depth', r.topic, r.name, f.status, f.count::text
from found f
join ranked r
on r.topic_id = f.topic_id
and r.group_id = f.group_id
where r.shown
union all
select 'group_oldest_age', r.topic, r.name, null,
	greatest(0, round(extract(epoch from now()
		- timestamptz '2024-01-01Z') - min(f.seq) / 1024 / 1e6, 3))::text
from found f
join ranked r
on r.topic_id = f.topic_id
and r.group_id = f.group_id
where r.shown
and f.status <> 'failed'
group by r.topic, r.name
union all
select 'queue_groups', null, null, null, (select count(*) from ranked r)::text
union all
select 'queue_groups_left_out', null, null, null,
	(select count(*) from ranked r where not r.shown)::text
order by 1, 2, 3, 4
