/*
 * Remove a topic's configuration; its messages and whether it is paused stay.
 * One whose keys are ordered is not removed while the topic holds messages.
 * Writes; a new 'config' epoch.
 *
 *	$1 topic_id bigint
 * One row, or none when it had no configuration:
 *	0 deleted boolean
 */
with held as (
	(select 1
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.status = 0
	limit 1)
	union all
	(select 1
	from sluice.messages m
	where m.topic_id = $1::bigint
	and m.dlq = false
	and m.visible_at is not null
	limit 1)
), known as (
	select c.topic_id
	from sluice.topic_configs c
	where c.topic_id = $1::bigint
), changed as (
	delete from sluice.topic_configs c
	where c.topic_id = $1::bigint
	and (not c.ordered or not exists (select from held))
	returning c.topic_id
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'config'
	and exists (select from changed)
)
select exists (select from changed)
from known k
