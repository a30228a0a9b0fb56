/*
 * The queue. topic_id leads every key, so that a topic stays on one machine
 * when the tables are distributed; for the same reason there is no sequence,
 * no trigger and no foreign key from messages to anything.
 *
 * A topic's id is made of its name: the first 8 bytes of sha256(name), read
 * big-endian and shifted right by 4. "x.dlq", the dead letters of x, is the
 * topic x with dlq = true.
 */

create table sluice.topics (
	topic_id bigint primary key,
	name text collate "C" not null
		check (name <> '' and name not like '%.dlq'),
	-- A paused topic takes messages and gives none.
	paused boolean not null default false,
	created_at timestamptz not null default now()
);

create index topics_name
on sluice.topics (name);

/*
 * A topic with a row here is registered. Null leaves a value to the settings
 * of the worker; for the limits, null and 0 mean none.
 */
create table sluice.topic_configs (
	topic_id bigint primary key references sluice.topics,
	max_retries integer check (max_retries >= 0),
	message_ttl_seconds bigint check (message_ttl_seconds >= 0),
	max_depth integer check (max_depth >= 0),
	throughput_limit integer check (throughput_limit >= 0),
	replayable boolean not null default false,
	replay_window_seconds bigint
		check (replay_window_seconds >= 0),
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now()
);

/*
 * status
 *	0  pending and fresh: never delivered, not delayed
 *	1  processing: delivered, hidden until visible_at
 *	2  pending again at visible_at: delayed, nacked, promoted or requeued
 *	3  failed
 *	4  expired
 *
 * Nothing ever returns to 0, and seq only grows: a worker that has seen the
 * fresh messages below some seq gone need not walk their dead index entries
 * again. tries counts deliveries for ever: it is the receipt of a delivery.
 */
create table sluice.messages (
	topic_id bigint not null,
	-- Made by the worker: microseconds since 2024 and ten bits of its own.
	seq bigint not null check (seq between 0 and 4611686018427387903),
	visible_at timestamptz,
	created_at timestamptz not null,
	expires_at timestamptz,
	dlq_moved_at timestamptz,
	tries integer not null default 0,
	retries integer not null default 0,
	max_retries integer not null,
	status smallint not null,
	dlq boolean not null default false,
	key text collate "C",
	last_error text,
	-- A JSON object, as it came; null is the empty one.
	metadata bytea,
	payload bytea not null,
	primary key (topic_id, seq),
	check (status between 0 and 4),
	check ((status in (1, 2)) = (visible_at is not null)),
	check (status <> 0 or not dlq),
	check (dlq = (dlq_moved_at is not null))
)
with (
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1,
	autovacuum_analyze_scale_factor = 0.05,
	autovacuum_analyze_threshold = 5000,
	toast.autovacuum_vacuum_scale_factor = 0.01,
	toast.autovacuum_vacuum_threshold = 5000,
	toast.autovacuum_vacuum_cost_delay = 1
);

/*
 * Each of these indexes is partial on what only its own statements imply. An
 * index whose predicate followed from "status = 1" would look tiny to the
 * planner, and an ack would walk all that is in flight.
 */

create index messages_ready
on sluice.messages (topic_id, seq)
where status = 0;

create index messages_due
on sluice.messages (topic_id, dlq, visible_at, seq)
include (status)
where visible_at is not null;

create index messages_ended
on sluice.messages (topic_id, status, dlq, seq)
where status >= 3;

create index messages_dead_letters
on sluice.messages (topic_id, seq)
where dlq;

create index messages_key
on sluice.messages (topic_id, key)
where key is not null;

create index messages_expiry
on sluice.messages (topic_id, expires_at)
where expires_at is not null and status < 3;

-- lz4 costs a fraction of pglz; a server built without it does without.
do $$
begin
	alter table sluice.messages alter column payload set compression lz4;
exception
	when feature_not_supported then
		null;
end
$$;

/*
 * The newest message of a key. The row is the lock under which an enqueue
 * decides whether to replace that message or to add another; it may outlive
 * its message for a while.
 */
create table sluice.message_keys (
	topic_id bigint not null,
	key text collate "C" not null,
	seq bigint not null,
	primary key (topic_id, key)
)
with (
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1
);
