/*
 * The messages of all topics and their dead letters, newest first. Reads. A
 * page ends early when its payloads and metadata pass $3 bytes.
 *
 * Only the topics with the newest messages are read: as many as the page, and
 * what lies before it, has rows.
 *
 *	$1 limit bigint, $2 offset bigint, $3 bytes_max bigint
 * Rows:
 *	0 seq bigint, 1 tries integer, 2 retries integer,
 *	3 max_retries integer, 4 status smallint, 5 visible_at timestamptz,
 *	6 created_at timestamptz, 7 expires_at timestamptz,
 *	8 dlq_moved_at timestamptz, 9 key text, 10 last_error text,
 *	11 metadata bytea, 12 payload bytea, 13 consumer_group text,
 *	14 dlq boolean, 15 topic_id bigint, 16 name text (without ".dlq")
 */
with freshest as materialized (
	select t.topic_id, t.name
	from sluice.topics t
	cross join lateral (
		select m.seq
		from sluice.messages m
		where m.topic_id = t.topic_id
		order by m.seq desc
		limit 1
	) newest
	order by newest.seq desc
	limit $1::bigint + $2::bigint
), page as materialized (
	select f.topic_id, f.name, n.seq, n.bytes
	from freshest f
	cross join lateral (
		select m.seq,
			octet_length(m.payload)
				+ coalesce(octet_length(m.metadata), 0) as bytes
		from sluice.messages m
		where m.topic_id = f.topic_id
		order by m.seq desc
		limit $1::bigint + $2::bigint
	) n
	order by n.seq desc, f.topic_id
	limit $1::bigint
	offset $2::bigint
), weighed as (
	select p.topic_id, p.name, p.seq,
		coalesce(sum(p.bytes)
			over (order by p.seq desc, p.topic_id
				rows between unbounded preceding
				and 1 preceding), 0) as bytes_before
	from page p
)
select m.seq, m.tries, m.retries, m.max_retries, m.status,
	m.visible_at, m.created_at, m.expires_at, m.dlq_moved_at,
	m.key, m.last_error, m.metadata, m.payload, m.consumer_group, m.dlq,
	w.topic_id, w.name
from weighed w
cross join lateral (
	select n.seq, n.tries, n.retries, n.max_retries, n.status,
		n.visible_at, n.created_at, n.expires_at, n.dlq_moved_at,
		n.key, n.last_error, n.metadata, n.payload, n.consumer_group,
		n.dlq
	from sluice.messages n
	where n.topic_id = w.topic_id
	and n.seq = w.seq
	offset 0
) m
where w.bytes_before < $3::bigint
order by w.seq desc, w.topic_id
