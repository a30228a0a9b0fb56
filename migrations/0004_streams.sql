/*
 * The log. stream_id leads every key, and the incarnation follows it: a name
 * that is deleted and created again begins another life, so what is left of
 * the last one can be removed in its own time and never shows.
 *
 * A stream's id is made of its name: the first 8 bytes of sha256(name), read
 * big-endian, as a signed number. Two names of one id are told apart by the
 * name stored here; the second of them is refused.
 */

/*
 * state
 *	0  live
 *	1  gone: deleted, but forks still live on its entries
 *	2  deleted; the row stays, for the next life must have another number
 *
 * The position of an entry is counted here, under the row's lock, in the
 * transaction that writes the entry: no reader sees 7 while 6 may still come.
 * Nothing that an append changes is in an index, unless the stream has a TTL.
 */
create table sluice.streams (
	stream_id bigint primary key,
	-- The seq that the next entry will have; entries are counted from 0.
	next_seq bigint not null default 0,
	-- Of its own entries: what a fork inherits is not counted again.
	bytes bigint not null default 0,
	last_at timestamptz not null,
	-- Slides by ttl_ms where that is set.
	expires_at timestamptz,
	ttl_ms bigint check (ttl_ms >= 0),
	created_at timestamptz not null,
	-- A fork's source, in the life that was forked. The fork's own entries
	-- begin at fork_seq; fork_offset is how many were asked for, and
	-- fork_sub how much of what follows those.
	fork_source bigint,
	fork_seq bigint not null default 0,
	fork_offset bigint,
	fork_sub bigint not null default 0,
	fork_incarnation integer,
	incarnation integer not null default 0,
	-- How many forks live on this one.
	forks integer not null default 0 check (forks >= 0),
	state smallint not null default 0 check (state between 0 and 2),
	closed boolean not null default false,
	name text collate "C" not null check (name <> ''),
	-- As it was given, and without parameters in lower case.
	content_type text collate "C" not null,
	media_type text collate "C" not null,
	-- The highest Stream-Seq there was.
	stream_seq text collate "C"
)
with (
	fillfactor = 70,
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1
);

create index streams_name
on sluice.streams (name)
where state = 0;

create index streams_expiry
on sluice.streams (expires_at)
where expires_at is not null and state = 0;

create index streams_gone
on sluice.streams (stream_id)
where state = 1;

create table sluice.entries (
	stream_id bigint not null,
	seq bigint not null check (seq >= 0),
	at timestamptz not null,
	incarnation integer not null,
	-- The routing key; it may hold a NUL.
	key bytea,
	data bytea not null,
	primary key (stream_id, incarnation, seq)
)
with (
	autovacuum_vacuum_insert_scale_factor = 0.1,
	autovacuum_analyze_scale_factor = 0.1,
	autovacuum_analyze_threshold = 10000
);

create index entries_key
on sluice.entries (stream_id, incarnation, key, seq)
where key is not null;

do $$
begin
	alter table sluice.entries alter column data set compression lz4;
exception
	when feature_not_supported then
		null;
end
$$;

/*
 * Where the entries of a fork are that come before its own: those from
 * from_seq to below to_seq are the ones of the same seq of that source. All
 * segments of a fork are here, however many forks lie between.
 */
create table sluice.segments (
	stream_id bigint not null,
	from_seq bigint not null,
	to_seq bigint not null,
	source_id bigint not null,
	source_incarnation integer not null,
	incarnation integer not null,
	primary key (stream_id, incarnation, from_seq),
	check (from_seq < to_seq)
);

/* What each idempotent producer of a stream has written last. */
create table sluice.producers (
	stream_id bigint not null,
	epoch bigint not null check (epoch >= 0),
	seq bigint not null check (seq >= 0),
	incarnation integer not null,
	producer text collate "C" not null,
	primary key (stream_id, incarnation, producer)
)
with (
	fillfactor = 70,
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1
);

/* Lives that have ended: their entries and all else can be removed. */
create table sluice.ended_streams (
	stream_id bigint not null,
	incarnation integer not null,
	ended_at timestamptz not null,
	primary key (stream_id, incarnation)
);
