/* Every topic with its configuration and its messages at a glance. */
create or replace view sluice.topic_overview as
select t.name as topic,
	t.topic_id,
	t.paused,
	c.topic_id is not null as registered,
	c.max_retries,
	c.message_ttl_seconds,
	c.max_depth,
	n.pending,
	n.processing,
	n.failed,
	n.expired,
	n.dead_letters,
	n.oldest_pending
from sluice.topics t
left join sluice.topic_configs c
on c.topic_id = t.topic_id
cross join lateral (
	select count(*) filter (where not m.dlq and m.status in (0, 2))
			as pending,
		count(*) filter (where not m.dlq and m.status = 1)
			as processing,
		count(*) filter (where not m.dlq and m.status = 3) as failed,
		count(*) filter (where not m.dlq and m.status = 4) as expired,
		count(*) filter (where m.dlq) as dead_letters,
		min(m.created_at)
			filter (where not m.dlq and m.status in (0, 2))
			as oldest_pending
	from sluice.messages m
	where m.topic_id = t.topic_id
) n
order by t.name;

comment on view sluice.topic_overview is
	'topics, their configuration and messages; reads the whole table';
comment on column sluice.topic_overview.registered is
	'has a configuration';
comment on column sluice.topic_overview.dead_letters is
	'messages of the topic''s .dlq, in any state';
comment on column sluice.topic_overview.paused is
	'nothing of it is delivered';
comment on column sluice.topic_overview.max_retries is
	'null: as the settings have it';
comment on column sluice.topic_overview.message_ttl_seconds is
	'null: as the settings have it';
comment on column sluice.topic_overview.max_depth is
	'null: no bound';
comment on column sluice.topic_overview.oldest_pending is
	'when the oldest pending message was enqueued';
