/*
 * A page of the entries with one key, in order. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer (null: the present one),
 *	$3 from_seq bigint, $4 to_seq bigint (not included),
 *	$5 count bigint, $6 bytes bigint, $7 key bytea
 * Rows:
 *	0 data bytea, 1 seq bigint
 *
 * There are fewer than $5 rows and less than $6 bytes only if that is all.
 */
select p.data, p.seq
from (
	select e.data, e.seq,
		sum(octet_length(e.data)) over (
			order by e.seq rows unbounded preceding)
		- octet_length(e.data) as bytes_before
	from sluice.entries e
	where e.stream_id = $1::bigint
	and e.incarnation = coalesce($2::integer, (
		select s.incarnation
		from sluice.streams s
		where s.stream_id = $1::bigint))
	and e.key = $7::bytea
	and e.seq >= $3::bigint
	and e.seq < $4::bigint
	order by e.seq
	limit $5::bigint
) p
where p.bytes_before < $6::bigint
