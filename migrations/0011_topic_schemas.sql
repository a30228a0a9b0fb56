/*
 * The Avro schema of a topic's payloads, as it was given. Small, read-mostly,
 * cached in the workers like the configurations.
 */
create table sluice.topic_schemas (
	topic_id bigint primary key references sluice.topics,
	schema_json text not null,
	version integer not null,
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now()
);
