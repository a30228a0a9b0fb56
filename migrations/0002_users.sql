/*
 * Who may do what. Small, read-mostly, cached in the workers; no table of
 * messages refers to these.
 */

create table sluice.users (
	id uuid primary key,
	name text collate "C" not null unique check (name <> ''),
	password_hash text not null,
	is_admin boolean not null,
	-- Goes up with each change of the password; a token names the version
	-- it was issued for.
	version bigint not null default 1,
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now()
);

create table sluice.grants (
	user_id uuid not null references sluice.users on delete cascade,
	id uuid not null,
	action text collate "C" not null
		check (action in ('read', 'write', 'admin', 'consume')),
	topic_pattern text collate "C" not null check (topic_pattern <> ''),
	-- Empty: not bound to one consumer group.
	consumer_group text collate "C" not null default '',
	created_at timestamptz not null default now(),
	primary key (user_id, id),
	unique (user_id, action, topic_pattern, consumer_group)
);

/*
 * Login attempts of a client in its present window. Unlogged: a crash lets
 * everybody try again, which is harmless.
 */
create unlogged table sluice.login_attempts (
	client text collate "C" primary key,
	attempts integer not null,
	window_end timestamptz not null
);
