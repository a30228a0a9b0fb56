/*
 * Give delivered messages of one topic back as failed: sql/fn/nack.sql.
 * Writes.
 *
 *	$1 topic_id bigint, $2 seq bigint[], $3 tries integer[] (a null
 *	element: no receipt), $4 base boolean[], $5 dlq boolean[],
 *	$6 error text[], $7 delay_ms bigint[], $8 dead integer
 * A row for each message given back:
 *	0 item integer (position in the arrays, from 1), 1 seq bigint,
 *	2 tries integer, 3 status smallint (2 or 3), 4 dlq boolean,
 *	5 visible_at timestamptz (null when failed),
 *	6 promoted boolean
 * and after them, where keys are ordered, those of sql/fn/go_on.sql
 */
select n.item, n.seq, n.tries, n.status, n.dlq, n.visible_at,
	n.promoted
from sluice.nack($1::bigint, $2::bigint[], $3::integer[], $4::boolean[],
	$5::boolean[], $6::text[], $7::bigint[], $8::integer) n
