/*
 * How many consumer groups are registered on a topic. Reads.
 *
 *	$1 topic_id bigint
 * One row:
 *	0 count bigint
 */
select count(*)
from sluice.consumer_groups g
where g.topic_id = $1::bigint
and g.state = 1
