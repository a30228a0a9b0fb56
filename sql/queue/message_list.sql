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
 *	11 metadata bytea, 12 payload bytea,
 *	13 dlq boolean
 */
with page as materialized (
	(select m.seq,
		octet_length(m.payload)
			+ coalesce(octet_length(m.metadata), 0) as bytes
	from sluice.messages m
	where m.topic_id = $1::bigint
	and not m.dlq
	and not $2::boolean
	order by m.seq desc
	limit $3::bigint
	offset $4::bigint)
	union all
	(select m.seq,
		octet_length(m.payload)
			+ coalesce(octet_length(m.metadata), 0) as bytes
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.dlq
	and $2::boolean
	order by m.seq desc
	limit $3::bigint
	offset $4::bigint)
), weighed as (
	select p.seq,
		coalesce(sum(p.bytes)
			over (order by p.seq desc
				rows between unbounded preceding
				and 1 preceding), 0) as bytes_before
	from page p
)
select m.seq, m.tries, m.retries, m.max_retries, m.status,
	m.visible_at, m.created_at, m.expires_at, m.dlq_moved_at,
	m.key, m.last_error, m.metadata, m.payload,
	m.dlq
from weighed w
join sluice.messages m
on m.topic_id = $1::bigint
and m.seq = w.seq
where w.bytes_before < $5::bigint
order by m.seq desc
