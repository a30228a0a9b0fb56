/*
 * Delete all messages of a topic, or all its dead letters, that have one key,
 * whatever their state. Writes.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 key text
 * One row:
 *	0 deleted bigint
 */
with locked as materialized (
	select m.seq
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.key = $3::text
	and m.dlq = $2::boolean
	order by m.seq
	for update
), gone as (
	delete from sluice.messages m
	using locked l
	where m.topic_id = $1::bigint
	and m.seq = l.seq
	returning m.seq
)
select count(*)
from gone g
