/*
 * Pause a topic, or resume it (topic_resume). Writes; a new 'config' epoch.
 *
 *	$1 topic_id bigint, $2 paused boolean
 * One row, or none when there is no such topic:
 *	0 name text
 */
with changed as (
	update sluice.topics t
	set paused = $2::boolean
	where t.topic_id = $1::bigint
	returning t.name
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'config'
	and exists (select from changed)
)
select c.name
from changed c
