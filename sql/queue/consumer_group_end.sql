/*
 * Unregister a consumer group: it is delivered nothing any more. Writes; its
 * deliveries are removed by consumer_group_clear.
 *
 *	$1 topic_id bigint, $2 name text
 * One row, or none when there is no such group:
 *	0 group_id bigint
 */
update sluice.consumer_groups g
set state = 2,
	ended_at = clock_timestamp()
where g.topic_id = $1::bigint
and g.name = $2::text
and g.state < 2
returning g.group_id
