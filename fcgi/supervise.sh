#!/usr/bin/env bash
# The parent of one instance's processes, in the foreground: it makes what is
# missing in $SLUICE_VAR, starts the database, the workers and nginx in this
# order, starts again what dies, runs the reapers once a minute, and stops
# everything in reverse when it gets INT, TERM or HUP. A second one hurries.
#
# fcgi/run.sh copies this file and those it sources into $SLUICE_VAR/bin and
# runs it there as an ordinary user: nothing here needs root or the source
# tree. With the argument "background" it falls silent when it is ready.
#
# Every child is the leader of a session, so that Ctrl-C reaches this script
# alone and the order of stopping is ours. It gets a signal when we die
# without having stopped it, and it inherits the lock, descriptor 9.
set -eu
umask 077
cd "$SLUICE_VAR"
. bin/common.sh
. bin/cluster.sh
. bin/pool.sh
. bin/front.sh

shown=${SHOWN_VAR:-$PWD}	# how the user calls $SLUICE_VAR
declare -A pids=()
hurry=
new_password=	# made by this start

step()
{
	say "$*"
	printf '%(%FT%T%z)T %s\n' -1 "$*" >>log/supervisor.log
}

# Say why, show the end of the log that knows more, and give up.
failed()
{
	step "$1"
	tail -n 5 "$2" | sed 's/^/  /'
	say "  (from $shown/$2)"
	exit 1
}

# launch NAME SIGNAL LOG COMMAND...
launch()
{
	local name=$1 at_our_death=$2 log=$3

	shift 3
	setsid setpriv --pdeathsig "$at_our_death" "$@" \
	    >>"$log" 2>&1 </dev/null &
	pids[$name]=$!
}

alive()
{
	kill -0 "${pids[$1]:-0}" 2>/dev/null && [ -n "${pids[$1]:-}" ]
}

pause()
{
	sleep "$1" &
	wait $! || :
}

# The lock tells whether any process of an earlier run is left. They end by
# themselves when their supervisor has died; if not, they are ended here. It
# may also be taken by somebody who starts in this moment, as we do.
take_lock()
{
	local tries pid

	refuse_a_second
	exec 9>>run/lock
	for tries in {1..100}; do
		flock -n 9 && break
		refuse_a_second
		[ "$tries" -ne 1 ] ||
			step "waiting for the rest of an earlier run to end"
		sleep 0.1
	done
	if [ "$tries" -eq 100 ]; then
		for pid in $(lock_holders); do
			[ "$pid" -eq $$ ] || kill -KILL "$pid" || :
		done
		flock -w 5 9 || die "cannot lock $shown/run/lock"
	fi
	echo $$ >run/supervisor.pid
	rm -f run/worker-* run/keeper-*
}

# secret NAME BYTES: what is kept in secret/NAME, made when it is not there.
secret()
{
	if [ ! -s "secret/$1" ]; then
		openssl rand -base64 "$2" | tr '+/' '-_' | tr -d '=\n' \
		    >"secret/$1.new"
		mv "secret/$1.new" "secret/$1"
	fi
	cat "secret/$1"
}

read_secrets()
{
	if [ -z "${SLUICE_JWT_SECRET:-}" ]; then
		SLUICE_JWT_SECRET=$(secret jwt-secret 32)
	fi
	if [ -z "${SLUICE_ADMIN_PASSWORD:-}" ]; then
		[ -s secret/admin-password ] || new_password=yes
		SLUICE_ADMIN_PASSWORD=$(secret admin-password 15)
	fi
	export SLUICE_JWT_SECRET SLUICE_ADMIN_PASSWORD
}

# For whoever joins later: the settings this instance runs with.
write_settings()
{
	local name

	for name in "${!SLUICE_@}"; do
		printf 'export %s=%q\n' "$name" "${!name}"
	done >run/settings.new
	mv run/settings.new run/settings
}

# Waiting clients cost descriptors: one in the worker, two in nginx.
raise_limits()
{
	local hard

	hard=$(ulimit -Hn)
	if [ "$hard" = unlimited ] || [ "$hard" -gt 200000 ]; then
		hard=200000
	fi
	ulimit -Sn "$hard"
}

# When this makes the first user with the password from our file, the start
# that succeeds has to tell it: this one, or one after a failure. Where there
# are users already, on a second host say, the one just made is nobody's.
migrate()
{
	local said

	step "bringing the database up to date"
	said=$(bin/sluice migrate) ||
		die "the database could not be brought up to date"
	say "$said"
	case $said in
	*"user $SLUICE_ADMIN_USER: created"*)
		[ ! -s secret/admin-password ] || : >secret/untold ;;
	*)
		[ -z "$new_password" ] || rm secret/admin-password ;;
	esac
}

# A journal keeps what it is told, and shows it to others than us.
tell_password()
{
	local password="password $SLUICE_ADMIN_PASSWORD, kept"

	[ -e secret/untold ] || return 0
	[ -z "${JOURNAL_STREAM:-}" ] || password="its password"
	say "the first user is $SLUICE_ADMIN_USER, $password" \
	    "in $shown/secret/admin-password"
	rm secret/untold
}

start()
{
	bin/sluice check || exit 1
	raise_limits
	read_secrets
	front_certificate
	[ -n "$SLUICE_DATABASE" ] || cluster_start
	write_settings
	migrate
	step "starting $SLUICE_PROCESSES workers"
	pool_start
	step "starting nginx"
	front_configure
	front_launch
	local until=$((SECONDS + 60))
	until [ "$(front_status /readyz)" = 200 ]; do
		alive nginx || failed "nginx did not start" log/nginx.log
		[ "$SECONDS" -lt "$until" ] ||
			failed "not ready within 60 s" log/sluice.log
		pause 0.1
	done
	tell_password
	step "sluice is ready: https://localhost:$SLUICE_HTTPS_PORT" \
	    "http://127.0.0.1:$SLUICE_HTTP_PORT"
	if [ -n "${NOTIFY_SOCKET:-}" ]; then
		systemd-notify --ready || step "systemd was not told"
	fi
}

# Start again what has died. What its death left over goes first; the pause
# keeps us from spinning on something that cannot live.
revive()
{
	step "$1 died; starting it again"
	case $1 in
	nginx)	kill -KILL -- "-${pids[$1]}" 2>/dev/null || : ;;
	*)	kill -TERM -- "-${pids[$1]}" 2>/dev/null || : ;;
	esac
	pause 1
	case $1 in
	postgres)	cluster_launch ;;
	nginx)		front_launch ;;
	worker-*)	pool_launch "${1#worker-}" ;;
	esac
}

# Copied and cut, because the writers keep their files open.
trim_logs()
{
	local log

	for log in log/*.log; do
		if [ "$(stat -c %s "$log")" -gt $((64 << 20)) ]; then
			cp "$log" "$log.1"
			: >"$log"
		fi
	done
}

# A run that takes its time does not keep the next minute's from going on with
# the other reapers; a third one waits.
once_a_minute()
{
	local reap

	trim_logs
	for reap in reap-1 reap-2; do
		if ! alive "$reap"; then
			launch "$reap" TERM log/sluice.log bin/sluice reap --due
			return
		fi
	done
}

watch()
{
	local minute=0 name

	while :; do
		if ! alive minute; then
			sleep 60 9>&- &
			pids[minute]=$!
			[ "$minute" -eq 0 ] || once_a_minute
			minute=$((minute + 1))
		fi
		wait -n || :
		for name in "${!pids[@]}"; do
			case $name in
			minute | reap-*)	;;
			*)	alive "$name" || revive "$name" ;;
			esac
		done
	done
}

# Wait for a child's end, for so many seconds.
await()
{
	local until=$((SECONDS + $2))

	while alive "$1"; do
		[ -z "$hurry" ] && [ "$SECONDS" -lt "$until" ] || return 1
		pause 0.05
	done
}

# Whatever runs our binary: a worker that still drains, and so has outlived
# its keeper, and the reapers too.
workers()
{
	local pid

	for pid in $(lock_holders); do
		case $(readlink "/proc/$pid/exe") in
		"$PWD/bin/sluice"*)	echo "$pid" ;;
		esac
	done
}

await_workers()
{
	local until=$((SECONDS + $1))

	while [ -n "$(workers)" ]; do
		[ -z "$hurry" ] && [ "$SECONDS" -lt "$until" ] || return 1
		pause 0.05
	done
}

finish()
{
	local status=$? name

	trap 'hurry=yes' INT TERM HUP
	trap '' PIPE
	trap - EXIT
	set +e
	[ "${#pids[@]}" -eq 0 ] || step stopping
	alive nginx && kill -QUIT "${pids[nginx]}"
	for name in "${!pids[@]}"; do
		case $name in
		worker-* | reap-* | minute)
			alive "$name" && kill -TERM "${pids[$name]}" ;;
		esac
	done
	await_workers 20 || workers | xargs -r kill -KILL
	await nginx 3 || kill -KILL -- "-${pids[nginx]}" 2>/dev/null
	alive postgres && kill -INT "${pids[postgres]}"
	if ! await postgres 60; then
		kill -QUIT "${pids[postgres]}"
		hurry=''
		await postgres 5
	fi
	rm -f run/*.sock run/*.pid run/settings
	exit "$status"
}

mkdir -p run log tls secret tmp
take_lock
trap finish EXIT
trap 'exit 0' INT TERM HUP
trap 'exit 1' PIPE
start
if [ "${1:-}" = background ]; then
	exec >/dev/null 2>&1
fi
watch
