/*
 * Hide deliveries to consumer groups for longer: sql/fn/delivery_extend.sql.
 * Writes.
 *
 *	$1 topic_id bigint, $2 seq bigint[], $3 tries integer[] (a null
 *	element: no receipt), $4 base boolean[], $5 dlq boolean[],
 *	$6 names text[], $7 group_id bigint[] (of the receipts),
 *	$8 vt_ms bigint[]
 * A row for each element that extended its delivery:
 *	0 item integer (position in the arrays, from 1), 1 seq bigint,
 *	2 tries integer, 3 visible_at timestamptz
 */
select e.item, e.seq, e.tries, e.visible_at
from sluice.delivery_extend($1::bigint, $2::bigint[], $3::integer[],
	$4::boolean[], $5::boolean[], $6::text[], $7::bigint[],
	$8::bigint[]) e
