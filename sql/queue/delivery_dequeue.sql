/*
 * Deliver messages of one topic to a consumer group:
 * sql/fn/delivery_dequeue.sql. Writes.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 n integer, $4 vt_ms bigint,
 *	$5 dead integer, $6 from bigint, $7 due boolean,
 *	$8 due_from timestamptz, $9 bytes_max bigint, $10 limit integer or
 *	null, $11 name text, $12 known bigint
 * Rows, in the order of delivery:
 *	0 seq bigint, 1 tries integer, 2 retries integer,
 *	3 max_retries integer, 4 status smallint, 5 visible_at timestamptz,
 *	6 created_at timestamptz, 7 expires_at timestamptz,
 *	8 dlq_moved_at timestamptz, 9 key text, 10 last_error text,
 *	11 metadata bytea, 12 payload bytea, 13 consumer_group text,
 *	14 group_id bigint (null for a dead letter)
 * and a last one, as message_dequeue's, whose status is 0, or -1 when there
 * is no such group, and whose group_id is that of the group unless dlq
 */
select m.seq, m.tries, m.retries, m.max_retries, m.status,
	m.visible_at, m.created_at, m.expires_at, m.dlq_moved_at,
	m.key, m.last_error, m.metadata, m.payload, m.consumer_group,
	m.group_id
from sluice.delivery_dequeue($1::bigint, $2::boolean, $3::integer,
	$4::bigint, $5::integer, $6::bigint, $7::boolean, $8::timestamptz,
	$9::bigint, $10::integer, $11::text, $12::bigint) m
