/*
 * Remove a topic's schema. Writes; a new 'config' epoch.
 *
 *	$1 topic_id bigint
 * One row, or none when it had no schema:
 *	0 topic_id bigint
 */
with changed as (
	delete from sluice.topic_schemas s
	where s.topic_id = $1::bigint
	returning s.topic_id
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'config'
	and exists (select from changed)
)
select c.topic_id
from changed c
