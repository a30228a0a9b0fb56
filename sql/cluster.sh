# The instance's own PostgreSQL cluster: made once in pg/, reached only
# through a socket in run/, which nobody else may enter. That is why it can
# trust whoever connects. Sourced by fcgi/supervise.sh.

postgres_bin=/usr/lib/postgresql/15/bin

# A cluster is made beside its place and moved there when it is whole, so that
# an initdb that was killed leaves nothing half done.
cluster_create()
{
	[ -e pg/PG_VERSION ] && return
	step "making a database cluster in $shown/pg"
	rm -rf pg.new
	"$postgres_bin/initdb" -D pg.new -U postgres --auth=trust \
	    --encoding=UTF8 --lc-collate=C --lc-ctype=C.UTF-8 \
	    --lc-messages=C >>log/postgresql.log 2>&1 ||
		failed "initdb failed" log/postgresql.log
	echo "include_if_exists = 'sluice.conf'" >>pg.new/postgresql.conf
	mv pg.new pg
}

# Written anew at each start; what is to differ belongs into alter system.
# A worker's threads have a connection each, and one listens; while workers
# are replaced there may be twice as many.
cluster_configure()
{
	local connections=$((SLUICE_PROCESSES * (SLUICE_THREADS + 1) * 2 + 100))

	cat >pg/sluice.conf <<-END
	listen_addresses = ''
	unix_socket_directories = '../run'
	unix_socket_permissions = 0700
	max_connections = $connections
	shared_buffers = 256MB
	random_page_cost = 1.1
	jit = off
	shared_preload_libraries = 'pg_stat_statements'
	# Utility statements would be kept with their literals: passwords.
	pg_stat_statements.track_utility = off
	wal_compression = on
	min_wal_size = 256MB
	max_wal_size = 2GB
	checkpoint_timeout = 15min
	# A queue turns its whole table over: vacuum early and often.
	autovacuum_naptime = 5s
	autovacuum_vacuum_scale_factor = 0.05
	autovacuum_vacuum_insert_scale_factor = 0.1
	autovacuum_vacuum_cost_limit = 2000
	log_line_prefix = '%m [%p] %a '
	log_checkpoints = off
	END
}

# PostgreSQL does not start while the process that postmaster.pid names is
# there. After a crash that may be a zombie that nobody reaps, or a stranger
# with the same number, even one of another cluster. We hold the lock, so it
# is no postmaster of ours; but it may be one that somebody started by hand.
cluster_forget()
{
	local pid

	pid=$(head -n 1 pg/postmaster.pid 2>/dev/null) || return 0
	[ "/proc/$pid/cwd" -ef pg ] ||
		rm -f pg/postmaster.pid run/.s.PGSQL.*
}

cluster_launch()
{
	cluster_forget
	launch postgres INT log/postgresql.log "$postgres_bin/postgres" -D pg
}

# libpq wants an absolute path, and a socket's path holds 107 bytes; some
# characters mean something in a connection string. Every process of ours
# works in $SLUICE_VAR, so any directory has a short and plain name too.
cluster_socket_directory()
{
	if [ "${#PWD}" -le 85 ] && [[ $PWD != *[[:space:]\'\\,]* ]]; then
		echo "$PWD/run"
	else
		echo /proc/self/cwd/run
	fi
}

cluster_psql()
{
	"$postgres_bin/psql" -XAtq -h "$(cluster_socket_directory)" \
	    -U postgres -d "$1" -c "$2"
}

# What a superuser has to say so that statistics are counted and seen, by
# /metrics and by who looks: docs/operations.md has it for other databases.
# Who looks got the right to read all statements once, literals included.
cluster_watch()
{
	cluster_psql sluice "
	set client_min_messages = error;
	create extension if not exists pg_stat_statements;
	do \$\$
	begin
		if to_regrole('sluice_reader') is null then
			create role sluice_reader nologin;
		end if;
	end
	\$\$;
	grant pg_read_all_stats to sluice;
	revoke pg_read_all_stats from sluice_reader"
}

cluster_start()
{
	cluster_create
	cluster_configure
	step "starting PostgreSQL"
	cluster_launch
	# A backup that is being recovered can be read long before it is whole.
	until [ "$(cluster_psql postgres 'select pg_is_in_recovery()' \
	    2>/dev/null)" = f ]; do
		alive postgres ||
			failed "PostgreSQL did not start" log/postgresql.log
		pause 0.1
	done
	if [ -z "$(cluster_psql postgres \
	    "select 1 from pg_database where datname = 'sluice'")" ]; then
		cluster_psql postgres "create role sluice login" 2>/dev/null ||
			: # it is there if a start was cut short right here
		cluster_psql postgres "create database sluice owner sluice"
	fi
	cluster_watch || : # only people at psql would miss it
	export SLUICE_DATABASE
	SLUICE_DATABASE="host=$(cluster_socket_directory) dbname=sluice user=sluice"
}
