/*
 * Give deliveries to consumer groups back as failed: sql/fn/delivery_nack.sql.
 * Writes.
 *
 *	$1 topic_id bigint, $2 seq bigint[], $3 tries integer[] (a null
 *	element: no receipt), $4 base boolean[], $5 dlq boolean[],
 *	$6 names text[], $7 group_id bigint[] (of the receipts),
 *	$8 error text[], $9 delay_ms bigint[], $10 dead integer
 * A row for each delivery given back:
 *	0 item integer (position in the arrays, from 1), 1 seq bigint,
 *	2 tries integer, 3 status smallint (2 or 3), 4 dlq boolean,
 *	5 visible_at timestamptz (null when failed),
 *	6 promoted boolean
 * and after them, where keys are ordered, those of sql/fn/go_on.sql
 */
select n.item, n.seq, n.tries, n.status, n.dlq, n.visible_at,
	n.promoted
from sluice.delivery_nack($1::bigint, $2::bigint[], $3::integer[],
	$4::boolean[], $5::boolean[], $6::text[], $7::bigint[], $8::text[],
	$9::bigint[], $10::integer) n
