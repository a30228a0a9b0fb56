/*
 * Delete expired messages, at most $1 of them. Writes. Repeat it while it
 * says $1.
 *
 *	$1 batch bigint
 * One row:
 *	0 count bigint
 */
with expired as materialized (
	select m.topic_id, m.seq
	from sluice.topics t
	cross join lateral (
		select n.topic_id, n.seq
		from sluice.messages n
		where n.topic_id = t.topic_id
		and n.status = 4
		and n.status >= 3
		limit $1::bigint
		for update skip locked
	) m
	limit $1::bigint
), gone as (
	delete from sluice.messages m
	using expired e
	where m.topic_id = e.topic_id
	and m.seq = e.seq
	returning m.seq
)
select count(*)
from gone g
