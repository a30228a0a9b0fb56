/*
 * What became of a message for a consumer group, to tell a caller why it could
 * not be acked. Reads.
 *
 *	$1 topic_id bigint, $2 seq bigint, $3 name text
 * One row:
 *	0 known boolean (there is such a group, or was and this is its dead
 *	letter), 1 dlq boolean (null when there is no such message),
 *	2 status smallint (null when the group is not to get it)
 */
select g.group_id is not null or coalesce(m.consumer_group = $3::text, false),
	m.dlq,
	case when m.dlq then case when m.consumer_group = $3::text
			then m.status end
		else d.status end
from (select 1) one
left join lateral (
	select h.group_id
	from sluice.consumer_groups h
	where h.topic_id = $1::bigint
	and h.name = $3::text
	and h.state = 1
	offset 0
) g
on true
left join lateral (
	select n.dlq, n.consumer_group, n.status
	from sluice.messages n
	where n.topic_id = $1::bigint
	and n.seq = $2::bigint
	offset 0
) m
on true
left join lateral (
	select e.status
	from sluice.deliveries e
	where e.topic_id = $1::bigint
	and e.seq = $2::bigint
	and e.group_id = g.group_id
	offset 0
) d
on true
