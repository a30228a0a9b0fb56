/*
 * Remove a topic's configuration; its messages and whether it is paused stay.
 * Writes; a new 'config' epoch.
 *
 *	$1 topic_id bigint
 * One row, or none when it had no configuration:
 *	0 topic_id bigint
 */
with changed as (
	delete from sluice.topic_configs c
	where c.topic_id = $1::bigint
	returning c.topic_id
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'config'
	and exists (select from changed)
)
select c.topic_id
from changed c
