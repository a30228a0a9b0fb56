/*
 * Deliver messages of one topic: sql/fn/dequeue.sql. Writes.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 n integer, $4 vt_ms bigint,
 *	$5 dead integer, $6 from bigint, $7 due boolean,
 *	$8 due_from timestamptz, $9 bytes_max bigint,
 *	$10 limit integer or null (messages a second)
 * Rows, in the order of delivery:
 *	0 seq bigint, 1 tries integer, 2 retries integer,
 *	3 max_retries integer, 4 status smallint, 5 visible_at timestamptz,
 *	6 created_at timestamptz, 7 expires_at timestamptz,
 *	8 dlq_moved_at timestamptz, 9 key text, 10 last_error text,
 *	11 metadata bytea, 12 payload bytea, 13 consumer_group text,
 *	14 group_id bigint (null)
 * and a last one, its seq null: 1 how many became dead letters, 5 when
 * something becomes due next, if due and fewer than n were delivered;
 * 2 is 1 where the limit ended it, and then 5 is the next delivery's time
 */
select m.seq, m.tries, m.retries, m.max_retries, m.status,
	m.visible_at, m.created_at, m.expires_at, m.dlq_moved_at,
	m.key, m.last_error, m.metadata, m.payload, m.consumer_group,
	null::bigint
from sluice.dequeue($1::bigint, $2::boolean, $3::integer, $4::bigint,
	$5::integer, $6::bigint, $7::boolean, $8::timestamptz, $9::bigint,
	$10::integer) m
