/*
 * The registered consumer groups of a topic, as they were registered. Reads.
 *
 *	$1 topic_id bigint, $2 limit bigint, $3 offset bigint
 * Rows:
 *	0 name text
 */
select g.name
from sluice.consumer_groups g
where g.topic_id = $1::bigint
and g.state = 1
order by g.group_id
limit $2::bigint
offset $3::bigint
