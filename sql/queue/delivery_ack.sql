/*
 * End deliveries to consumer groups: sql/fn/delivery_ack.sql. Writes.
 *
 *	$1 topic_id bigint, $2 seq bigint[], $3 tries integer[] (a null
 *	element: no receipt), $4 base boolean[], $5 dlq boolean[],
 *	$6 names text[], $7 group_id bigint[] (of the receipts)
 * A row for each delivery that was ended:
 *	0 item integer (position in the arrays, from 1), 1 seq bigint,
 *	2 tries integer
 * and after them, where keys are ordered, those of sql/fn/go_on.sql
 */
select a.item, a.seq, a.tries
from sluice.delivery_ack($1::bigint, $2::bigint[], $3::integer[],
	$4::boolean[], $5::boolean[], $6::text[], $7::bigint[]) a
