/*
 * What every door shares: the epochs by which the workers' caches notice a
 * change, and the settings that outlive a restart.
 */

/*
 * A worker keeps users, grants and topic configurations in memory. Whoever
 * changes one of them adds one to its epoch in the same statement; every
 * process reads all epochs twice a second and drops what has moved.
 */
create table sluice.epochs (
	name text collate "C" primary key,
	value bigint not null default 0
);

insert into sluice.epochs (name)
values ('auth'), ('config');

create table sluice.settings (
	name text collate "C" primary key,
	value text not null,
	updated_at timestamptz not null default now()
);
