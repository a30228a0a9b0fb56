/*
 * One message, in its topic or among its dead letters. Reads.
 *
 *	$1 topic_id bigint, $2 seq bigint
 * One row, or none:
 *	0 seq bigint, 1 tries integer, 2 retries integer,
 *	3 max_retries integer, 4 status smallint, 5 visible_at timestamptz,
 *	6 created_at timestamptz, 7 expires_at timestamptz,
 *	8 dlq_moved_at timestamptz, 9 key text, 10 last_error text,
 *	11 metadata bytea, 12 payload bytea, 13 consumer_group text,
 *	14 dlq boolean
 */
select m.seq, m.tries, m.retries, m.max_retries, m.status,
	m.visible_at, m.created_at, m.expires_at, m.dlq_moved_at,
	m.key, m.last_error, m.metadata, m.payload, m.consumer_group,
	m.dlq
from sluice.messages m
where m.topic_id = $1::bigint
and m.seq = $2::bigint
