/*
 * The topic of an id, created when it is new. Call it before the first write
 * to a topic. A name that is not the caller's means that two names share one
 * id: refuse the caller's. Reads, writes once.
 *
 *	$1 topic_id bigint, $2 name text (without ".dlq")
 * One row:
 *	0 name text, 1 paused boolean
 */
with known as (
	select t.name, t.paused
	from sluice.topics t
	where t.topic_id = $1::bigint
), created as (
	insert into sluice.topics as t (topic_id, name)
	select $1::bigint, $2::text
	where not exists (select from known)
	on conflict (topic_id)
	do update set name = t.name
	returning t.name, t.paused
)
select k.name, k.paused
from known k
union all
select c.name, c.paused
from created c
