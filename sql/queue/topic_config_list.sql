/*
 * All topic configurations, by name. Reads.
 *
 *	$1 limit bigint, $2 offset bigint
 * Rows; null is "not set":
 *	0 name text, 1 max_retries integer, 2 message_ttl_seconds bigint,
 *	3 max_depth integer, 4 throughput_limit integer, 5 replayable boolean,
 *	6 replay_window_seconds bigint, 7 registered boolean (true),
 *	8 paused boolean, 9 ordered boolean
 */
select t.name, c.max_retries, c.message_ttl_seconds, c.max_depth,
	c.throughput_limit, c.replayable, c.replay_window_seconds,
	true, t.paused, c.ordered
from sluice.topics t
join sluice.topic_configs c
on c.topic_id = t.topic_id
order by t.name
limit $1::bigint
offset $2::bigint
