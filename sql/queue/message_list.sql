/*
 * The messages of a topic, or its dead letters, newest first. Reads. A page
 * ends early when its payloads and metadata pass $5 bytes.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 limit bigint, $4 offset bigint,
 *	$5 bytes_max bigint
 * Rows:
 *	0 seq bigint, 1 tries integer, 2 retries integer,
 *	3 max_retries integer, 4 status smallint, 5 visible_at timestamptz,
 *	6 created_at timestamptz, 7 expires_at timestamptz,
 *	8 dlq_moved_at timestamptz, 9 key text, 10 last_error text,
 *	11 metadata bytea, 12 payload bytea, 13 consumer_group text,
 *	14 dlq boolean
 */
with page as (
	(select m.seq, m.tries, m.retries, m.max_retries, m.status,
		m.visible_at, m.created_at, m.expires_at, m.dlq_moved_at,
		m.key, m.last_error, m.metadata, m.payload,
		m.consumer_group, m.dlq
	from sluice.messages m
	where m.topic_id = $1::bigint
	and not m.dlq
	and not $2::boolean
	order by m.seq desc
	limit $3::bigint
	offset $4::bigint)
	union all
	(select m.seq, m.tries, m.retries, m.max_retries, m.status,
		m.visible_at, m.created_at, m.expires_at, m.dlq_moved_at,
		m.key, m.last_error, m.metadata, m.payload,
		m.consumer_group, m.dlq
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.dlq
	and $2::boolean
	order by m.seq desc
	limit $3::bigint
	offset $4::bigint)
), weighed as (
	select p.seq, p.tries, p.retries, p.max_retries, p.status,
		p.visible_at, p.created_at, p.expires_at, p.dlq_moved_at,
		p.key, p.last_error, p.metadata, p.payload,
		p.consumer_group, p.dlq,
		coalesce(sum(octet_length(p.payload)
			+ coalesce(octet_length(p.metadata), 0))
			over (order by p.seq desc
				rows between unbounded preceding
				and 1 preceding), 0) as bytes_before
	from page p
)
select w.seq, w.tries, w.retries, w.max_retries, w.status,
	w.visible_at, w.created_at, w.expires_at, w.dlq_moved_at,
	w.key, w.last_error, w.metadata, w.payload, w.consumer_group, w.dlq
from weighed w
where w.bytes_before < $5::bigint
order by w.seq desc
