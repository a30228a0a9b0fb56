/*
 * The groups of a stream, by name. Reads; counts all that is pending.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 limit bigint
 * Rows:
 *	0 consumer text, 1 last_id bytea, 2 entries_read bigint, 3 lag bigint,
 *	4 members bigint, 5 pending bigint
 */
select c.consumer, c.last_id, c.entries_read,
	sluice.lag_of(c.last_id, c.entries_read, s.added, s.length, s.last_id,
		s.deleted_id, (
			select e.id
			from sluice.entries e
			where e.stream_id = $1::bigint
			and e.incarnation = $2::integer
			and e.seq >= s.first_seq
			order by e.seq
			limit 1)) as lag,
	(
		select count(*)
		from sluice.consumer_members m
		where m.stream_id = $1::bigint
		and m.incarnation = $2::integer
		and m.consumer = c.consumer) as members,
	(
		select count(*)
		from sluice.pending h
		where h.stream_id = $1::bigint
		and h.incarnation = $2::integer
		and h.consumer = c.consumer) as pending
from sluice.consumers c
join sluice.streams s
on s.stream_id = $1::bigint
where c.stream_id = $1::bigint
and c.incarnation = $2::integer
order by c.consumer
limit $3::bigint
