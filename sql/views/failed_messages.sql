/* Messages that are not delivered any more, and dead letters: why. */
create or replace view sluice.failed_messages as
select t.name || case when m.dlq then '.dlq' else '' end as topic,
	case
	when m.status = 3 then 'failed'
	when m.status = 1 then 'dead letter, being processed'
	else 'dead letter'
	end as state,
	coalesce(m.dlq_moved_at, m.created_at) as since,
	m.last_error,
	m.tries,
	m.retries,
	m.max_retries,
	m.key,
	m.consumer_group,
	m.created_at,
	m.expires_at,
	m.topic_id,
	m.seq
from sluice.messages m
join sluice.topics t
on t.topic_id = m.topic_id
where m.status = 3
or (m.dlq and m.status < 3)
order by since desc;

comment on view sluice.failed_messages is
	'failed messages and dead letters, with their last errors, newest first';
comment on column sluice.failed_messages.since is
	'when it became a dead letter; of a failed one, when it was enqueued';
comment on column sluice.failed_messages.consumer_group is
	'whose dead letter it is; null: the topic''s own';
comment on column sluice.failed_messages.tries is
	'deliveries so far';
comment on column sluice.failed_messages.retries is
	'deliveries of it that have failed';
comment on column sluice.failed_messages.expires_at is
	'null: never';
