/*
 * The members of a group, by name. Reads; counts what they have pending.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 consumer text,
 *	$4 limit bigint
 * Rows:
 *	0 member text, 1 seen_at timestamptz, 2 active_at timestamptz,
 *	3 now timestamptz, 4 pending bigint
 */
select m.member, m.seen_at, m.active_at,
	clock_timestamp() as now,
	(
		select count(*)
		from sluice.pending h
		where h.stream_id = $1::bigint
		and h.incarnation = $2::integer
		and h.consumer = $3::text
		and h.owner = m.member
		and h.owner >= '') as pending
from sluice.consumer_members m
where m.stream_id = $1::bigint
and m.incarnation = $2::integer
and m.consumer = $3::text
order by m.member
limit $4::bigint
