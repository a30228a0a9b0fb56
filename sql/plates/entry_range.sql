/*
 * Entries of a plate's stream between two ids, the first ones first. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer (null: the present one),
 *	$3 low bytea, $4 high bytea (both included), $5 count bigint,
 *	$6 bytes bigint
 * Rows:
 *	0 id bytea, 1 fields boolean, 2 data bytea
 *
 * There are fewer than $5 rows and less than $6 bytes only if that is all.
 */
select p.id, p.fields, p.data
from (
	select e.id, e.fields, e.data,
		sum(octet_length(e.data)) over (
			order by e.id rows unbounded preceding)
		- octet_length(e.data) as bytes_before
	from sluice.entries e
	where e.stream_id = $1::bigint
	and e.incarnation = coalesce($2::integer, (
		select s.incarnation
		from sluice.streams s
		where s.stream_id = $1::bigint))
	and e.id >= $3::bytea
	and e.id <= $4::bytea
	order by e.id
	limit $5::bigint
) p
where p.bytes_before < $6::bigint
