/*
 * All topics' schemas, by the topics' names. Reads.
 *
 *	$1 limit bigint, $2 offset bigint
 * Rows:
 *	0 name text, 1 schema_json text, 2 version integer,
 *	3 updated_at timestamptz
 */
select t.name, s.schema_json, s.version, s.updated_at
from sluice.topic_schemas s
join sluice.topics t
on t.topic_id = s.topic_id
order by t.name
limit $1::bigint
offset $2::bigint
