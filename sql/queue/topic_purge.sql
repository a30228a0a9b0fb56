/*
 * Delete messages of a topic, or its dead letters, in given states:
 * sql/fn/purge.sql. Writes. Repeat it while it says that there may be more.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 statuses integer[] (pending is
 *	0 and 2), $4 batch bigint
 * One row:
 *	0 deleted bigint, 1 more boolean
 */
select p.deleted, p.more
from sluice.purge($1::bigint, $2::boolean, $3::integer[], $4::bigint) p
