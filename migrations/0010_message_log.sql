/*
 * What a replayable topic's consumers have acknowledged, in that order, for
 * replay and for people; how fast a topic may be consumed; and topics whose
 * messages of one key are delivered one at a time, in order.
 */
create table sluice.message_log (
	topic_id bigint not null,
	acked_at timestamptz not null,
	seq bigint not null,
	-- Several copies of one message may be acknowledged, by groups and as
	-- dead letters: who did.
	consumer_group text collate "C",
	dlq boolean not null,
	created_at timestamptz not null,
	retries integer not null,
	max_retries integer not null,
	key text collate "C",
	last_error text,
	metadata bytea,
	payload bytea not null,
	primary key (topic_id, acked_at, seq)
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

create index deliveries_behind
on sluice.deliveries (topic_id, group_id, key, seq)
where visible_at = 'infinity';
