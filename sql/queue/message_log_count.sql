/*
 * How much the log of a topic, or of its dead letters, has. Reads all of it,
 * in the index.
 *
 *	$1 topic_id bigint, $2 dlq boolean
 * One row:
 *	0 count bigint
 */
select count(*)
from sluice.message_log l
where l.topic_id = $1::bigint
and l.dlq = $2::boolean
