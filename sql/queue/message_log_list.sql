/*
 * What was acknowledged of a topic, or of its dead letters, newest first.
 * Reads. What lies before the page is walked in the index alone; with a place
 * to go on from, nothing is. A page ends early when its payloads and metadata
 * pass $7 bytes.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 at timestamptz, $4 before bigint
 *	(the place: older ones than that), $5 limit bigint, $6 offset bigint,
 *	$7 bytes_max bigint
 * Rows:
 *	0 seq bigint, 1 acked_at timestamptz, 2 created_at timestamptz,
 *	3 retries integer, 4 max_retries integer, 5 key text,
 *	6 last_error text, 7 consumer_group text, 8 metadata bytea,
 *	9 payload bytea
 */
with page as materialized (
	select l.acked_at, l.seq
	from sluice.message_log l
	where l.topic_id = $1::bigint
	and l.dlq = $2::boolean
	and (l.acked_at, l.seq) < ($3::timestamptz, $4::bigint)
	order by l.acked_at desc, l.seq desc
	limit $5::bigint
	offset $6::bigint
), whole as (
	select m.seq, m.acked_at, m.created_at, m.retries, m.max_retries,
		m.key, m.last_error, m.consumer_group, m.metadata, m.payload,
		coalesce(sum(octet_length(m.payload)
			+ coalesce(octet_length(m.metadata), 0))
			over (order by m.acked_at desc, m.seq desc
				rows between unbounded preceding
				and 1 preceding), 0) as bytes_before
	from page p
	cross join lateral (
		select l.seq, l.acked_at, l.created_at, l.retries,
			l.max_retries, l.key, l.last_error, l.consumer_group,
			l.metadata, l.payload
		from sluice.message_log l
		where l.topic_id = $1::bigint
		and l.dlq = $2::boolean
		and l.acked_at = p.acked_at
		and l.seq = p.seq
		offset 0
	) m
)
select w.seq, w.acked_at, w.created_at, w.retries, w.max_retries, w.key,
	w.last_error, w.consumer_group, w.metadata, w.payload
from whole w
where w.bytes_before < $7::bigint
order by w.acked_at desc, w.seq desc
