/*
 * A page of entries, in order; they have seq after seq. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer (null: the present one),
 *	$3 from_seq bigint, $4 to_seq bigint (not included),
 *	$5 count bigint, $6 bytes bigint
 * Rows:
 *	0 data bytea
 *
 * Whoever asks cuts the page after $6 bytes; what is behind that costs much
 * and is of no use. How many entries that may be we learn from the first few.
 * An entry that is longer than all of those together comes as null, unread,
 * and the page ends before it: it would be the first of the next.
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
	then e.data end
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
