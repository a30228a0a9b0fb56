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
 * runs went. However many hosts tick, a run that is due happens once. The
 * program adds the row of a reaper that it has and the table has not.
 */
create table sluice.reapers (
	name text collate "C" primary key,
	-- What it was told over the API, empty for never; null leaves it to
	-- the program and its settings.
	schedule_set text,
	-- Runs that were due until then are done, or not wanted.
	done_until timestamptz not null default now(),
	-- What goes for now, and when it is due next, null for never: for
	-- people, as it was seen by whoever looked last.
	schedule text not null default '',
	due_at timestamptz,
	leased_by text not null default '',
	leased_until timestamptz not null default '-infinity',
	runs bigint not null default 0,
	-- Of the runs.
	failures bigint not null default 0,
	rows_done bigint not null default 0,
	started_at timestamptz,
	ended_at timestamptz,
	last_rows bigint not null default 0,
	-- Empty when the last run went well.
	last_error text not null default ''
);
