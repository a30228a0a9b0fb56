/*
 * Subscriptions: durable cursors on streams, that wake a worker when there is
 * something behind them (docs/decisions/subscriptions.md).
 */

insert into sluice.epochs (name)
values ('subscriptions');

/* Who of all processes does what only one may do, and until when. */
create table sluice.leases (
	name text collate "C" primary key,
	holder uuid,
	held_until timestamptz not null
);

insert into sluice.leases (name, held_until)
values ('subscriptions', '-infinity');

/*
 * A wake begins when an idle subscription has pending work, and ends when it
 * is done, released, or its lease runs out. The generation counts wakes; what
 * a worker sends is taken only if it names the present one.
 *
 *	wake_id		null: idle
 *	lease_until	null: a pull-wake that nobody has claimed yet
 *	attempt_at	when the worker is to be told of the wake; null: it was
 *	attempts	that failed in a row
 *	look_at		when its streams are compared with its pattern
 *	due_at		when the dispatcher has to look at the row: the
 *			soonest of these
 */
create table sluice.subscriptions (
	subscription_id text collate "C" primary key,
	-- Another one of the same id has another; it is part of the tokens.
	birth uuid not null,
	kind text collate "C" not null check (kind in ('webhook', 'pull-wake')),
	pattern text collate "C",
	-- The pattern as a regular expression, and what each name begins with.
	matcher text collate "C",
	prefix text collate "C",
	webhook_url text collate "C",
	wake_stream text collate "C",
	lease_ttl_ms integer not null check (lease_ttl_ms > 0),
	description text,
	-- Of what was asked for, to tell whether it is asked for again.
	config_hash bytea not null,
	-- Where those who asked for it have reached us.
	origin text collate "C" not null,
	created_at timestamptz not null default now(),
	generation bigint not null default 0,
	wake_id text collate "C",
	-- The stream that the wake is about, or one of them.
	woken_by text collate "C",
	holder text,
	lease_until timestamptz,
	attempts integer not null default 0,
	attempt_at timestamptz,
	look_at timestamptz not null,
	due_at timestamptz not null,
	check ((pattern is null) = (matcher is null)),
	check ((pattern is null) = (prefix is null)),
	check ((kind = 'webhook') = (webhook_url is not null)),
	check ((kind = 'pull-wake') = (wake_stream is not null))
)
with (fillfactor = 70);

create index subscriptions_due
on sluice.subscriptions (due_at);

/*
 * The streams of a subscription. A stream need not be there; while it is, its
 * entries from acked_seq on are pending, or all of them in another life than
 * the one that was acked. wake_seq is its end as the present wake told it.
 */
create table sluice.subscription_streams (
	subscription_id text collate "C" not null
		references sluice.subscriptions on delete cascade,
	name text collate "C" not null,
	stream_id bigint not null,
	-- Asked for by name; found by the pattern.
	explicit boolean not null,
	globbed boolean not null,
	acked_incarnation integer not null default 0,
	acked_seq bigint not null default 0,
	wake_incarnation integer,
	wake_seq bigint,
	primary key (subscription_id, name)
)
with (fillfactor = 70);

create index subscription_streams_stream
on sluice.subscription_streams (stream_id);

/*
 * The keys that sign webhook calls, Ed25519. The one that is not retired
 * signs; the others are published for those who still hold their signatures.
 */
create table sluice.webhook_keys (
	key_id text collate "C" primary key,
	private_key bytea not null check (octet_length(private_key) = 32),
	public_key bytea not null check (octet_length(public_key) = 32),
	created_at timestamptz not null default now(),
	retired_at timestamptz
);

create unique index webhook_keys_one_signs
on sluice.webhook_keys ((true))
where retired_at is null;
