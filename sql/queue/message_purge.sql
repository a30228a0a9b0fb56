/*
 * Delete messages of a topic, or its dead letters, in given states. Writes.
 * Repeat it while it says that there may be more.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 statuses integer[] (pending is
 *	0 and 2), $4 batch bigint
 * One row:
 *	0 deleted bigint, 1 more boolean
 */
with found as materialized (
	(select m.seq
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.status = 0
	and 0 = any ($3::integer[])
	and not $2::boolean
	limit $4::bigint)
	union all
	(select m.seq
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.dlq = $2::boolean
	and m.visible_at is not null
	and m.status = any ($3::integer[])
	limit $4::bigint)
	union all
	(select m.seq
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.dlq = $2::boolean
	and m.status >= 3
	and m.status = any ($3::integer[])
	limit $4::bigint)
	limit $4::bigint
), locked as materialized (
	select m.seq
	from found f
	join sluice.messages m
	on m.topic_id = $1::bigint
	and m.seq = f.seq
	where m.status = any ($3::integer[])
	and m.dlq = $2::boolean
	order by m.seq
	for update of m
), gone as (
	delete from sluice.messages m
	using locked l
	where m.topic_id = $1::bigint
	and m.seq = l.seq
	returning m.seq
)
select (select count(*) from gone),
	(select count(*) from found) >= $4::bigint
