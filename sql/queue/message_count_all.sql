/*
 * How many messages there are in all topics and their dead letters. Reads.
 *
 * One row:
 *	0 count bigint
 */
select coalesce(sum(c.count), 0)::bigint
from sluice.topics t
cross join lateral (
	select count(*)
	from sluice.messages m
	where m.topic_id = t.topic_id
) c
