/*
 * Consumer groups of the queue: each group registered on a topic gets a
 * delivery of each of the topic's messages, made when the message is.
 *
 * state
 *	0  joining: messages are given deliveries, earlier ones not all have
 *	1  registered
 *	2  ended: what is left of its deliveries is being removed
 *
 * group_id is a number of the worker's that only grows: registered again, a
 * name is another group.
 */
create table sluice.consumer_groups (
	topic_id bigint not null references sluice.topics,
	group_id bigint not null,
	name text collate "C" not null check (name <> ''),
	-- Where its waiting dequeues listen; made of the two names.
	channel bigint not null,
	state smallint not null default 0 check (state between 0 and 2),
	-- While it joins: messages below have their deliveries.
	joined_seq bigint not null default 0,
	created_at timestamptz not null default now(),
	ended_at timestamptz,
	primary key (topic_id, group_id),
	check ((state = 2) = (ended_at is not null))
);

create unique index consumer_groups_name
on sluice.consumer_groups (topic_id, name)
where state < 2;

/*
 * status
 *	0  fresh: never delivered, not delayed
 *	1  processing: delivered, hidden until visible_at
 *	2  pending again at visible_at
 *	3  failed
 *
 * A delivery that was acked is removed, and the message with its last one.
 * As with messages, nothing ever returns to 0, tries is the receipt, and a
 * delivery that waits behind another one of its key is due at 'infinity'.
 */
create table sluice.deliveries (
	topic_id bigint not null,
	seq bigint not null,
	group_id bigint not null,
	visible_at timestamptz,
	tries integer not null default 0,
	retries integer not null default 0,
	status smallint not null default 0,
	-- Only where the topic's keys are ordered.
	key text collate "C",
	last_error text,
	primary key (topic_id, seq, group_id),
	check (status between 0 and 3),
	check ((status in (1, 2)) = (visible_at is not null))
)
with (
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1,
	autovacuum_analyze_scale_factor = 0.05,
	autovacuum_analyze_threshold = 5000
);

create index deliveries_ready
on sluice.deliveries (topic_id, group_id, seq)
where status = 0;

create index deliveries_due
on sluice.deliveries (topic_id, group_id, visible_at, seq)
include (status)
where visible_at is not null;

create index deliveries_failed
on sluice.deliveries (topic_id, group_id, seq)
where status = 3;

-- Whose dead letter it is; null for the topic's own.
alter table sluice.messages
add column consumer_group text collate "C";

create index messages_dead_of_group
on sluice.messages (topic_id, consumer_group, visible_at, seq)
where visible_at is not null and consumer_group is not null;

-- They say more than they did.
drop function if exists sluice.enqueue(bigint, bigint[], text[], bytea[],
	bytea[], bigint[], bigint[], integer[], integer);
drop function if exists sluice.requeue(bigint, bigint, integer);
drop function if exists sluice.redrive(bigint, integer, integer);
drop function if exists sluice.dequeue(bigint, boolean, integer, bigint,
	integer, bigint, boolean, timestamptz, bigint);

-- Its successor says whether it could lock.
drop function if exists sluice.plate_lock(bigint[], text[], boolean[]);
