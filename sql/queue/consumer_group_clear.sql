/*
 * Remove deliveries of a group that was unregistered:
 * sql/fn/consumer_group_clear.sql. Writes. Repeat it while it says more.
 *
 *	$1 topic_id bigint, $2 group_id bigint, $3 batch bigint
 * One row:
 *	0 removed bigint, 1 more boolean
 */
select c.removed, c.more
from sluice.consumer_group_clear($1::bigint, $2::bigint, $3::bigint) c
