/*
 * Set a topic's whole configuration; null is "not set". The topic must be
 * there: see topic_ensure. Whether its keys are ordered is not changed while
 * it holds messages. Writes; a new 'config' epoch.
 *
 *	$1 topic_id bigint, $2 max_retries integer,
 *	$3 message_ttl_seconds bigint, $4 max_depth integer,
 *	$5 throughput_limit integer, $6 replayable boolean,
 *	$7 replay_window_seconds bigint, $8 ordered boolean
 * One row, or none when there is no such topic or it holds messages:
 *	0 name text, 1 max_retries integer, 2 message_ttl_seconds bigint,
 *	3 max_depth integer, 4 throughput_limit integer, 5 replayable boolean,
 *	6 replay_window_seconds bigint, 7 registered boolean (true),
 *	8 paused boolean, 9 ordered boolean
 */
with held as (
	(select 1
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.status = 0
	limit 1)
	union all
	(select 1
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.dlq = false
	and m.visible_at is not null
	limit 1)
), changed as (
	insert into sluice.topic_configs as c (topic_id, max_retries,
		message_ttl_seconds, max_depth, throughput_limit, replayable,
		replay_window_seconds, ordered)
	select t.topic_id, $2::integer, $3::bigint, $4::integer, $5::integer,
		$6::boolean, $7::bigint, $8::boolean
	from sluice.topics t
	where t.topic_id = $1::bigint
	and ($8::boolean = coalesce((
			select o.ordered
			from sluice.topic_configs o
			where o.topic_id = $1::bigint), false)
		or not exists (select from held))
	on conflict (topic_id)
	do update set max_retries = excluded.max_retries,
		message_ttl_seconds = excluded.message_ttl_seconds,
		max_depth = excluded.max_depth,
		throughput_limit = excluded.throughput_limit,
		replayable = excluded.replayable,
		replay_window_seconds = excluded.replay_window_seconds,
		ordered = excluded.ordered,
		updated_at = now()
	returning c.topic_id, c.max_retries, c.message_ttl_seconds, c.max_depth,
		c.throughput_limit, c.replayable, c.replay_window_seconds,
		c.ordered
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'config'
	and exists (select from changed)
)
select t.name, c.max_retries, c.message_ttl_seconds, c.max_depth,
	c.throughput_limit, c.replayable, c.replay_window_seconds,
	true, t.paused, c.ordered
from changed c
join sluice.topics t
on t.topic_id = c.topic_id
