/*
 * Plates: streams whose entries have ids, as those of Redis have, and groups
 * that read them.
 *
 * An entry's id is two unsigned 64-bit numbers, milliseconds and a sequence,
 * written as 16 bytes, the first of each number first: so ids compare as
 * bytes do. In a stream ids grow as seqs do.
 */

create table sluice.plates (
	plate text collate "C" primary key
		check (plate ~ '^[A-Za-z0-9_-]{1,64}$'),
	created_at timestamptz not null default now(),
	-- Deleted; its streams are being ended, then the row goes.
	ended_at timestamptz
);

/* A key is told once; its sha256 is kept. It may do everything in its plate. */
create table sluice.plate_keys (
	plate text collate "C" not null references sluice.plates
		on delete cascade,
	id uuid not null,
	hash bytea not null unique check (octet_length(hash) = 32),
	created_at timestamptz not null default now(),
	primary key (plate, id)
);

/*
 * A stream of a plate has these; they are null in others, whose entries have
 * no ids. What XINFO STREAM calls them: last_id is last-generated-id,
 * deleted_id max-deleted-entry-id, added entries-added, and length is length.
 */
alter table sluice.streams
	add column last_id bytea check (octet_length(last_id) = 16),
	add column deleted_id bytea check (octet_length(deleted_id) = 16),
	add column added bigint check (added >= 0),
	add column length bigint check (length >= 0),
	-- Entries below this seq have been trimmed away.
	add column first_seq bigint not null default 0;

/*
 * Fields: the data is what XADD was given, as a JSON object of strings, or as
 * an array of pairs where a field repeats. Null: it is somebody's JSON.
 */
alter table sluice.entries
	add column id bytea check (octet_length(id) = 16),
	add column fields boolean;

create index entries_id
on sluice.entries (stream_id, incarnation, id)
where id is not null;

/* Who reads a stream together: a consumer group. */
create table sluice.consumers (
	stream_id bigint not null,
	incarnation integer not null,
	consumer text collate "C" not null check (consumer <> ''),
	-- Of the entry that was delivered last.
	last_id bytea not null check (octet_length(last_id) = 16),
	-- How many entries of the stream, ever, are at or before it; null when
	-- that is not known.
	entries_read bigint,
	created_at timestamptz not null default now(),
	primary key (stream_id, incarnation, consumer)
)
with (
	fillfactor = 50,
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 1000,
	autovacuum_vacuum_cost_delay = 1
);

/* A group's consumers, as Redis calls them. */
create table sluice.consumer_members (
	stream_id bigint not null,
	incarnation integer not null,
	consumer text collate "C" not null,
	member text collate "C" not null,
	seen_at timestamptz not null,
	-- When it was given something last.
	active_at timestamptz,
	primary key (stream_id, incarnation, consumer, member)
)
with (
	fillfactor = 50,
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 1000,
	autovacuum_vacuum_cost_delay = 1
);

/* What was delivered and is not acknowledged. The entry itself may be gone. */
create table sluice.pending (
	stream_id bigint not null,
	incarnation integer not null,
	deliveries bigint not null,
	delivered_at timestamptz not null,
	consumer text collate "C" not null,
	owner text collate "C" not null,
	id bytea not null check (octet_length(id) = 16),
	primary key (stream_id, incarnation, consumer, id)
)
with (
	fillfactor = 80,
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1
);

/*
 * Only for who asks by owner, and says that it is no less than '': a plan that
 * was made while there was nothing could take it for the primary key.
 */
create index pending_owner
on sluice.pending (stream_id, incarnation, consumer, owner, id)
where owner >= '';
