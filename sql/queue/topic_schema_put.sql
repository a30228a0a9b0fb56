/*
 * Give a topic a schema, or another one. The topic must be there: see
 * topic_ensure. Writes; a new 'config' epoch.
 *
 *	$1 topic_id bigint, $2 schema_json text
 * One row, or none when there is no such topic:
 *	0 name text, 1 schema_json text, 2 version integer,
 *	3 updated_at timestamptz
 */
with changed as (
	insert into sluice.topic_schemas as s (topic_id, schema_json, version)
	select t.topic_id, $2::text, 1
	from sluice.topics t
	where t.topic_id = $1::bigint
	on conflict (topic_id)
	do update set schema_json = excluded.schema_json,
		version = s.version + 1,
		updated_at = now()
	returning s.topic_id, s.schema_json, s.version, s.updated_at
), bump as (
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'config'
	and exists (select from changed)
)
select t.name, c.schema_json, c.version, c.updated_at
from changed c
join sluice.topics t
on t.topic_id = c.topic_id
