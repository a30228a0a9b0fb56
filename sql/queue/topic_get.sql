/*
 * The topic of an id. Reads.
 *
 *	$1 topic_id bigint
 * One row, or none:
 *	0 name text, 1 paused boolean
 */
select t.name, t.paused
from sluice.topics t
where t.topic_id = $1::bigint
