/*
 * Begin to register a consumer group: sql/fn/consumer_group_create.sql.
 * Writes.
 *
 *	$1 topic_id bigint, $2 group_id bigint, $3 name text,
 *	$4 channel bigint, $5 max bigint
 * One row:
 *	0 outcome text: created, joining, registered or full,
 *	1 group_id bigint
 */
select c.outcome, c.group_id
from sluice.consumer_group_create($1::bigint, $2::bigint, $3::text,
	$4::bigint, $5::bigint) c
