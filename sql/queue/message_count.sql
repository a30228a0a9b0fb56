/*
 * How many messages a topic has, or how many dead letters. Reads; each part
 * is counted in an index of its own.
 *
 *	$1 topic_id bigint, $2 dlq boolean
 * One row:
 *	0 count bigint
 */
select case when $2::boolean then (
		select count(*)
		from sluice.messages m
		where m.topic_id = $1::bigint
		and m.dlq
	) else (
		select count(*)
		from sluice.messages m
		where m.topic_id = $1::bigint
		and m.status = 0
	) + (
		select count(*)
		from sluice.messages m
		where m.topic_id = $1::bigint
		and m.dlq = false
		and m.visible_at is not null
	) + (
		select count(*)
		from sluice.messages m
		where m.topic_id = $1::bigint
		and m.status in (3, 4)
		and m.dlq = false
	) end
