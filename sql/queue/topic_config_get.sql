/*
 * What a worker keeps of a topic: its configuration, whether it has one
 * (that is, whether it is registered), whether it is paused, and which schema
 * it has. Reads.
 *
 *	$1 topic_id bigint
 * One row, or none when there is no such topic; null is "not set":
 *	0 name text, 1 max_retries integer, 2 message_ttl_seconds bigint,
 *	3 max_depth integer, 4 throughput_limit integer, 5 replayable boolean,
 *	6 replay_window_seconds bigint,
 *	7 registered boolean, 8 paused boolean,
 *	9 ordered boolean,
 *	10 schema_version integer, 11 schema_updated_at timestamptz
 */
select t.name, c.max_retries, c.message_ttl_seconds, c.max_depth,
	c.throughput_limit, coalesce(c.replayable, false),
	c.replay_window_seconds, c.topic_id is not null, t.paused,
	coalesce(c.ordered, false), s.version, s.updated_at
from sluice.topics t
left join sluice.topic_configs c
on c.topic_id = t.topic_id
left join sluice.topic_schemas s
on s.topic_id = t.topic_id
where t.topic_id = $1::bigint
