/*
 * A topic's schema. Reads.
 *
 *	$1 topic_id bigint
 * One row, or none when it has none:
 *	0 name text, 1 schema_json text, 2 version integer,
 *	3 updated_at timestamptz
 */
select t.name, s.schema_json, s.version, s.updated_at
from sluice.topic_schemas s
join sluice.topics t
on t.topic_id = s.topic_id
where s.topic_id = $1::bigint
