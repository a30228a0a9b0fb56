/*
 * A page of entries, in order, some of which may be missing. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer (null: the present one),
 *	$3 from_seq bigint, $4 to_seq bigint (not included),
 *	$5 count bigint, $6 bytes bigint
 * Rows:
 *	0 data bytea, 1 seq bigint
 *
 * As sql/streams/entry_page.sql, for streams of plates.
 */
with sample as materialized (
	select greatest(sum(octet_length(f.data)), 1) as bytes,
		greatest(count(*), 1) as entries
	from (
		select e.data
		from sluice.entries e
		where e.stream_id = $1::bigint
		and e.incarnation = coalesce($2::integer, (
			select s.incarnation
			from sluice.streams s
			where s.stream_id = $1::bigint))
		and e.seq >= $3::bigint
		and e.seq < $4::bigint
		order by e.seq
		limit 8
	) f
)
select case
	when octet_length(e.data) <= (select s.bytes from sample s)
	then e.data end,
	e.seq
from sluice.entries e
where e.stream_id = $1::bigint
and e.incarnation = coalesce($2::integer, (
	select s.incarnation
	from sluice.streams s
	where s.stream_id = $1::bigint))
and e.seq >= $3::bigint
and e.seq < $4::bigint
order by e.seq
limit (
	select least($5::bigint, 1 + $6::bigint * s.entries / s.bytes)
	from sample s)
