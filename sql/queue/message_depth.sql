/*
 * How many pending and processing messages a topic has, counted up to a
 * limit; dead letters do not count. Reads.
 *
 *	$1 topic_id bigint, $2 limit integer
 * One row:
 *	0 count bigint, at most $2 of each of two kinds
 */
select count(*)
from (
	(select 1
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.status = 0
	limit $2::integer)
	union all
	(select 1
	from sluice.messages m
	where m.topic_id = $1::bigint
	and not m.dlq
	and m.visible_at is not null
	limit $2::integer)
) held
