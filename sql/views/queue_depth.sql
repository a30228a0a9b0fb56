/* How many messages each topic has in each state; dead letters as x.dlq. */
create or replace view sluice.queue_depth as
select t.name || case when m.dlq then '.dlq' else '' end as topic,
	case
	when m.status = 1 then 'processing'
	when m.status = 3 then 'failed'
	when m.status = 4 then 'expired'
	else 'pending'
	end as status,
	count(*) as messages,
	min(m.created_at) as oldest,
	pg_size_pretty(sum(octet_length(m.payload)::bigint)) as payloads
from sluice.messages m
join sluice.topics t
on t.topic_id = m.topic_id
group by 1, 2
order by 1, 2;

comment on view sluice.queue_depth is
	'messages by topic and state; reads the whole table';
comment on column sluice.queue_depth.oldest is
	'when the oldest of them was enqueued';
comment on column sluice.queue_depth.payloads is
	'their size, without keys and metadata';
