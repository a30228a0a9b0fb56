/*
 * Who has how much pending of a group, by name. Reads; counts all that is
 * pending.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 consumer text
 * Rows, none if nothing is pending:
 *	0 owner text, 1 pending bigint, 2 low bytea, 3 high bytea
 */
select o.owner, o.pending,
	(
		select h.id
		from sluice.pending h
		where h.stream_id = $1::bigint
		and h.incarnation = $2::integer
		and h.consumer = $3::text
		order by h.id
		limit 1) as low,
	(
		select h.id
		from sluice.pending h
		where h.stream_id = $1::bigint
		and h.incarnation = $2::integer
		and h.consumer = $3::text
		order by h.id desc
		limit 1) as high
from (
	select p.owner, count(*) as pending
	from sluice.pending p
	where p.stream_id = $1::bigint
	and p.incarnation = $2::integer
	and p.consumer = $3::text
	and p.owner >= ''
	group by p.owner
) o
order by o.owner
