/*
 * What is pending with each member of a group, by their names and in order.
 * Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 consumer text,
 *	$4 each bigint (so many of each), $5 limit bigint
 * Rows:
 *	0 owner text, 1 id bytea, 2 delivered_at timestamptz,
 *	3 deliveries bigint
 */
select h.owner, h.id, h.delivered_at, h.deliveries
from sluice.consumer_members m
cross join lateral (
	select p.owner, p.id, p.delivered_at, p.deliveries
	from sluice.pending p
	where p.stream_id = $1::bigint
	and p.incarnation = $2::integer
	and p.consumer = $3::text
	and p.owner >= m.member
	and p.owner <= m.member
	and p.owner >= ''
	order by p.owner, p.id
	limit $4::bigint
) h
where m.stream_id = $1::bigint
and m.incarnation = $2::integer
and m.consumer = $3::text
order by h.owner, h.id
limit $5::bigint
