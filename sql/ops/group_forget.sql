/*
 * Forget an unregistered consumer group that was settled before the last of
 * its deliveries was removed. Writes.
 *
 *	$1 topic_id bigint, $2 group_id bigint
 * One row, or none when somebody else has done it:
 *	0 group_id bigint
 */
delete from sluice.consumer_groups g
where g.topic_id = $1::bigint
and g.group_id = $2::bigint
and g.state = 2
returning g.group_id
