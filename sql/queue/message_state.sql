/*
 * What became of one message, to tell a caller why it could not be acked.
 * Reads.
 *
 *	$1 topic_id bigint, $2 seq bigint
 * One row, or none:
 *	0 status smallint, 1 dlq boolean, 2 tries integer
 */
select m.status, m.dlq, m.tries
from sluice.messages m
where m.topic_id = $1::bigint
and m.seq = $2::bigint
