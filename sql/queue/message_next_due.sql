/*
 * When the next message of a topic, or of its dead letters, becomes due: a
 * delay that ends, or a delivery that times out. Reads.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 after timestamptz
 * One row, or none:
 *	0 visible_at timestamptz, later than $3
 */
select m.visible_at
from sluice.messages m
where m.topic_id = $1::bigint
and m.dlq = $2::boolean
and m.visible_at > $3::timestamptz
order by m.visible_at
limit 1
