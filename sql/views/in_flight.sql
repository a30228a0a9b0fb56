/* What is delivered and neither acked nor nacked yet, longest first. */
create or replace view sluice.in_flight as
select t.name || case when m.dlq then '.dlq' else '' end as topic,
	m.topic_id,
	m.seq,
	m.key,
	m.tries,
	m.retries,
	m.created_at,
	m.visible_at as hidden_until,
	m.visible_at < now() as timed_out,
	m.last_error
from sluice.messages m
join sluice.topics t
on t.topic_id = m.topic_id
where m.visible_at is not null
and m.status = 1
order by m.visible_at;

comment on view sluice.in_flight is
	'messages under processing, those that time out first in front';
comment on column sluice.in_flight.tries is
	'deliveries so far; the receipt of the present one';
comment on column sluice.in_flight.timed_out is
	'the consumer has let it go: it waits for the next dequeue';
comment on column sluice.in_flight.retries is
	'deliveries of it that have failed';
comment on column sluice.in_flight.hidden_until is
	'when it times out, or has';
comment on column sluice.in_flight.seq is
	'its place in the topic, and with topic_id its id';
