/*
 * What is pending of a group with one of its members, in order. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 consumer text,
 *	$4 low bytea, $5 high bytea, $6 min_idle bigint, $7 limit bigint,
 *	$8 owner text
 * Rows:
 *	0 id bytea, 1 owner text, 2 idle_ms bigint, 3 deliveries bigint,
 *	4 delivered_at timestamptz
 */
select p.id, p.owner, p.idle_ms, p.deliveries, p.delivered_at
from (
	select h.id, h.owner, h.deliveries, h.delivered_at,
		floor(extract(epoch from statement_timestamp()) * 1000)::bigint
		- floor(extract(epoch from h.delivered_at) * 1000)::bigint
			as idle_ms
	from sluice.pending h
	where h.stream_id = $1::bigint
	and h.incarnation = $2::integer
	and h.consumer = $3::text
	and h.owner >= $8::text
	and h.owner <= $8::text
	and h.owner >= ''
	and h.id >= $4::bytea
	and h.id <= $5::bytea
) p
where $6::bigint = 0
or p.idle_ms >= $6::bigint
order by p.owner, p.id
limit $7::bigint
