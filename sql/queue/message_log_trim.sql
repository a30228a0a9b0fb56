/*
 * Forget what was acknowledged of a topic, or of its dead letters, before a
 * time: sql/fn/trim_log.sql. Writes. Repeat it while it says that there may be
 * more.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 before timestamptz,
 *	$4 batch bigint
 * One row:
 *	0 deleted bigint, 1 more boolean
 */
select t.deleted, t.more
from sluice.trim_log($1::bigint, $2::boolean, $3::timestamptz, $4::bigint) t
