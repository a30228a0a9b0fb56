/*
 * Remove delivered messages of one topic: sql/fn/ack.sql. Writes.
 *
 *	$1 topic_id bigint, $2 seq bigint[], $3 tries integer[] (a null
 *	element: no receipt), $4 base boolean[], $5 dlq boolean[]
 * A row for each message removed:
 *	0 item integer (position in the arrays, from 1), 1 seq bigint,
 *	2 tries integer
 * and after them, where keys are ordered, those of sql/fn/go_on.sql
 */
select a.item, a.seq, a.tries
from sluice.ack($1::bigint, $2::bigint[], $3::integer[], $4::boolean[],
	$5::boolean[]) a
