/* Consumer groups of the queue: what each has not acknowledged, its lag. */
create or replace view sluice.queue_group_lag as
select t.name as topic,
	g.name as consumer_group,
	case g.state
	when 0 then 'joining'
	when 1 then 'registered'
	else 'ended'
	end as state,
	n.lag,
	n.pending,
	n.processing,
	n.failed,
	timestamptz '2024-01-01Z' + n.seq / 1024 * interval '1 us' as oldest,
	g.created_at,
	g.topic_id,
	g.group_id
from sluice.consumer_groups g
join sluice.topics t
on t.topic_id = g.topic_id
cross join lateral (
	select count(*) filter (where d.status < 3) as lag,
		count(*) filter (where d.status in (0, 2)) as pending,
		count(*) filter (where d.status = 1) as processing,
		count(*) filter (where d.status = 3) as failed,
		min(d.seq) filter (where d.status < 3) as seq
	from sluice.deliveries d
	where d.topic_id = g.topic_id
	and d.group_id = g.group_id
) n
order by n.lag desc, t.name, g.name;

comment on view sluice.queue_group_lag is
	'consumer groups of the queue, those with the most to do in front; reads all deliveries';
comment on column sluice.queue_group_lag.lag is
	'messages that it has not acknowledged; failed ones are not among them';
comment on column sluice.queue_group_lag.oldest is
	'when the oldest of these was enqueued';
comment on column sluice.queue_group_lag.state is
	'joining: not all workers know of it; ended: what it had is being removed';
comment on column sluice.queue_group_lag.failed is
	'deliveries that nobody gets any more';
