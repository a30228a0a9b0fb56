/*
 * What a replayable topic's consumers have acknowledged, in that order, for
 * replay and for people; how fast a topic may be consumed; and topics whose
 * messages of one key are delivered one at a time, in order.
 */
create table sluice.message_log (
	topic_id bigint not null,
	acked_at timestamptz not null,
	seq bigint not null,
	-- Which group's acknowledgement was the last one; whose dead letter it
	-- was; null where no group had a part in it.
	consumer_group text collate "C",
	dlq boolean not null,
	created_at timestamptz not null,
	retries integer not null,
	max_retries integer not null,
	key text collate "C",
	last_error text,
	metadata bytea,
	payload bytea not null,
	-- A topic and its dead letters have a log each.
	primary key (topic_id, dlq, acked_at, seq)
)
with (
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1
);

do $$
begin
	alter table sluice.message_log alter column payload set compression lz4;
exception
	when feature_not_supported then
		null;
end
$$;

/*
 * The bucket of a topic with a throughput limit: it holds at most what may be
 * delivered in a second. The row is the lock under which its calls deliver.
 */
create table sluice.topic_tokens (
	topic_id bigint primary key,
	tokens double precision not null,
	filled_at timestamptz not null
);

/*
 * Where keys are ordered, a message that waits behind another one of its key
 * is pending and due at 'infinity'; whoever removes the first makes the next
 * one due. No message replaces another there.
 */
alter table sluice.topic_configs
add column ordered boolean not null default false;

create index messages_behind
on sluice.messages (topic_id, key, seq)
where visible_at = 'infinity';

/*
 * Whose turn it is, of the messages of a key: a row for plain consumers, its
 * group_id 0, and one for each group. The row is the lock under which that is
 * decided. It is there while a message of the key is.
 */
create table sluice.key_heads (
	topic_id bigint not null,
	key text collate "C" not null,
	group_id bigint not null,
	-- The one message that is not behind another.
	seq bigint not null,
	-- None that is behind has a lower seq: dead index entries below are
	-- not walked.
	low_seq bigint not null,
	-- The newest of all, for group_id 0.
	last_seq bigint not null,
	primary key (topic_id, key, group_id)
)
with (
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1
);

create index deliveries_behind
on sluice.deliveries (topic_id, group_id, key, seq)
where visible_at = 'infinity';
