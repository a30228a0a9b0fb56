/*
 * Give a user a grant; $6 is how many it may have. Writes; a new 'auth' epoch.
 *
 *	$1 user_id uuid, $2 id uuid, $3 action text, $4 topic_pattern text,
 *	$5 consumer_group text, empty unless the action is consume,
 *	$6 max bigint
 * One row, or none when there is no such user; unless it was created, only
 * user_id and outcome are not null:
 *	0 id uuid, 1 user_id uuid, 2 action text, 3 topic_pattern text,
 *	4 consumer_group text, 5 created_at timestamptz,
 *	6 outcome text: created, exists or full
 */
with owner as materialized (
	select u.id
	from sluice.users u
	where u.id = $1::uuid
	for update
), held as (
	select count(*)
	from sluice.grants g
	where g.user_id = $1::uuid
), created as (
	insert into sluice.grants as g (user_id, id, action, topic_pattern,
		consumer_group)
	select o.id, $2::uuid, $3::text, $4::text, $5::text
	from owner o
	cross join held h
	where h.count < $6::bigint
	on conflict do nothing
	returning g.id, g.action, g.topic_pattern, g.consumer_group,
		g.created_at
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'auth'
	and exists (select from created)
)
select c.id, o.id, c.action, c.topic_pattern, c.consumer_group,
	c.created_at,
	case
	when c.id is not null then 'created'
	when h.count >= $6::bigint then 'full'
	else 'exists'
	end
from owner o
cross join held h
left join created c
on true
