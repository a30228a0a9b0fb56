/*
 * Give a user a grant: sql/fn/grant_create.sql. Writes; a new 'auth' epoch.
 *
 *	$1 user_id uuid, $2 id uuid, $3 action text, $4 topic_pattern text,
 *	$5 consumer_group text, empty unless the action is consume,
 *	$6 max bigint, how many it may have
 * One row, or none when there is no such user; unless it was created, only
 * user_id and outcome are not null:
 *	0 id uuid, 1 user_id uuid, 2 action text, 3 topic_pattern text,
 *	4 consumer_group text, 5 created_at timestamptz,
 *	6 outcome text: created, exists or full
 */
select n.id, $1::uuid, n.action, n.topic_pattern, n.consumer_group,
	g.created_at, g.outcome
from sluice.grant_create($1::uuid, $2::uuid, $3::text, $4::text, $5::text,
	$6::bigint) g
left join (
	select $2::uuid, $3::text, $4::text, $5::text
) n (id, action, topic_pattern, consumer_group)
on g.outcome = 'created'
where g.outcome <> 'missing'
