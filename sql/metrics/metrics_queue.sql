/*
 * Figures of the queue for /metrics: how many messages the topics have in each
 * state and how old the oldest is. Reads three partial indexes of the messages
 * from end to end, and no message: when one was made is in its seq.
 *	$1 shown bigint: so many topics at most, those with the most messages
 * What the others have is one row for them all, without a name (dead letters:
 * ".dlq").
 * Rows, those of a family together:
 *	0 family text (fcgi/families.def), 1 a text, 2 b text and 3 c text, the
 *	values of its labels, null for one that is not there, 4 value text
 */
with found as materialized (
	select m.topic_id, false as dlq, 'pending' as status, count(*) as count,
		min(m.seq) as seq
	from sluice.messages m
	where m.status = 0
	group by m.topic_id
	union all
	select m.topic_id, m.dlq,
		case
		when m.visible_at = 'infinity' then 'behind'
		when m.status = 1 and m.visible_at > now() then 'processing'
		when m.status = 1 then 'timed_out'
		when m.visible_at > now() then 'delayed'
		else 'pending'
		end,
		count(*), min(m.seq)
	from sluice.messages m
	where m.visible_at is not null
	group by 1, 2, 3
	union all
	select m.topic_id, m.dlq,
		case m.status when 3 then 'failed' else 'expired' end,
		count(*), min(m.seq)
	from sluice.messages m
	where m.status >= 3
	group by 1, 2, 3
), ranked as materialized (
	-- No join of these rows with themselves: a worker's plans have only
	-- nested loops for it.
	select w.topic_id, w.dlq, w.status, w.count, w.seq,
		dense_rank() over (order by w.total desc, w.topic_id)
			<= $1::bigint as shown
	from (
		select f.topic_id, f.dlq, f.status, f.count, f.seq,
			sum(f.count) over (partition by f.topic_id) as total
		from found f
	) w
), counted as materialized (
	select case when r.shown then t.name else '' end
			|| case when r.dlq then '.dlq' else '' end as topic,
		r.status,
		sum(r.count) as count,
		min(r.seq) as seq
	from ranked r
	cross join lateral (
		select n.name
		from sluice.topics n
		where n.topic_id = r.topic_id
		offset 0
	) t
	group by 1, 2
)
select 'queue_depth' as family, nullif(c.topic, '') as a, c.status as b,
	null::text as c, c.count::text as value
from counted c
union all
select 'queue_oldest_age', nullif(c.topic, ''), c.status, null,
	greatest(0, round(extract(epoch from now()
		- timestamptz '2024-01-01Z') - c.seq / 1024 / 1e6, 3))::text
from counted c
where c.status in ('pending', 'processing', 'timed_out')
union all
select 'queue_topics', null, null, null,
	(select count(*) from sluice.topics t)::text
union all
select 'queue_topics_paused', null, null, null,
	(select count(*) from sluice.topics t where t.paused)::text
union all
select 'queue_topics_left_out', null, null, null,
	(select count(distinct r.topic_id) from ranked r where not r.shown)::text
order by 1, 2, 3
