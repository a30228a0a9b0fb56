/*
 * API keys: each belongs to a user and can do what he can. Told once; what is
 * kept is the sha256 of a key random enough to need no salt.
 */
create table sluice.api_keys (
	user_id uuid not null references sluice.users on delete cascade,
	id uuid not null,
	name text collate "C" not null default '',
	hash bytea not null unique check (octet_length(hash) = 32),
	created_at timestamptz not null default now(),
	expires_at timestamptz,
	primary key (user_id, id)
);

/*
 * The reapers: who has the lease of each, when it is due next, and how its
 * runs went. However many hosts tick, a run that is due happens once.
 */
create table sluice.reapers (
	name text collate "C" primary key,
	-- Five-field cron; empty is never by itself.
	schedule text not null,
	due_at timestamptz,
	leased_by text not null default '',
	leased_until timestamptz not null default '-infinity',
	runs bigint not null default 0,
	failures bigint not null default 0,
	rows_done bigint not null default 0,
	started_at timestamptz,
	ended_at timestamptz,
	last_rows bigint not null default 0,
	last_error text not null default ''
);
