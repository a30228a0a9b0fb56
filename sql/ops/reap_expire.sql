/*
 * Mark messages whose time is up as expired, at most $1 of them. Writes.
 * Repeat it while it says $1.
 *
 *	$1 batch bigint
 * One row:
 *	0 count bigint
 */
with late as materialized (
	select m.topic_id, m.seq
	from sluice.topics t
	cross join lateral (
		select n.topic_id, n.seq
		from sluice.messages n
		where n.topic_id = t.topic_id
		and n.expires_at <= now()
		and n.status < 3
		order by n.expires_at
		limit $1::bigint
		for update skip locked
	) m
	limit $1::bigint
), marked as (
	update sluice.messages m
	set status = 4,
		visible_at = null
	from late l
	where m.topic_id = l.topic_id
	and m.seq = l.seq
	returning m.seq
)
select count(*)
from marked d
