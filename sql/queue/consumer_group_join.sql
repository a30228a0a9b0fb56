/*
 * Give a group that joins deliveries of what is there:
 * sql/fn/consumer_group_join.sql. Writes. Repeat it, with the last that it
 * says, while the outcome is joining.
 *
 *	$1 topic_id bigint, $2 group_id bigint, $3 last bigint or null,
 *	$4 batch bigint
 * One row:
 *	0 outcome text: joining, registered or gone, 1 last bigint
 */
select j.outcome, j.last
from sluice.consumer_group_join($1::bigint, $2::bigint, $3::bigint,
	$4::bigint) j
