#!/usr/bin/env bash
# The switch of an instance, as the Makefile uses it; installed, it is called
# sluicectl, and takes its settings from a file:
#
#	fcgi/run.sh run		in the foreground, until Ctrl-C
#	fcgi/run.sh start	in the background; returns when it is ready
#	fcgi/run.sh stop | status | restart
#	fcgi/run.sh psql [arguments]
#	fcgi/run.sh do reap	any command of sluice, as the instance's own
#
# The instance lives in $SLUICE_VAR alone: the binary and the scripts are
# copied to $SLUICE_VAR/bin, so a rebuild does not touch what runs.
#
# Nothing runs as root. Started by root, an instance belongs to the owner of
# $SLUICE_VAR, and a new directory is given to the user postgres. Where that
# user cannot reach it (below /root, say), the directory is mounted once more,
# on /mnt, in a mount namespace that only the instance sees.
set -eu -o pipefail
top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
. "$top/fcgi/common.sh"
binary=${BUILD:-build}/sluice
if [ -e "$top/configuration" ]; then
	binary=sluice
	settings_of_file "$(cat "$top/configuration")"
fi
settings_read "$top/fcgi/settings.def"

prepare_directory()
{
	case $1 in
	run | start)	mkdir -p "$SLUICE_VAR" ;;
	esac
	[ -d "$SLUICE_VAR" ] || die "there is no directory $SLUICE_VAR"
	SLUICE_VAR=$(cd "$SLUICE_VAR" && pwd -P)
	SHOWN_VAR=$SLUICE_VAR
	export SLUICE_VAR SHOWN_VAR
	cd "$SLUICE_VAR"
	if [ "$(id -u)" -eq 0 ] && [ "$(stat -c %u .)" -eq 0 ] &&
	    [ -z "$(ls -A)" ] && [[ $1 = run || $1 = start ]]; then
		chown postgres: .
	fi
}

# Become the instance's user in the instance's directory, and then "$@".
inside()
{
	local drop

	export HOME=$SLUICE_VAR
	if [ "$(id -u)" -ne 0 ]; then
		exec "$@"
	fi
	[ "$(stat -c %u .)" -ne 0 ] || die "$SLUICE_VAR belongs to root, and" \
	    "nothing runs as root: give it to another user, or set SLUICE_VAR"
	ulimit -Hn 200000 2>/dev/null || : # only root may raise it
	drop=(setpriv --reuid="$(stat -c %u .)" --regid="$(stat -c %g .)"
	    --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs)
	if "${drop[@]}" test -w "$SLUICE_VAR"; then
		exec "${drop[@]}" "$@"
	fi
	unshare --mount true 2>/dev/null || die "user $(stat -c %U .) cannot" \
	    "reach $SLUICE_VAR: set SLUICE_VAR to a directory that it can"
	HOME=/mnt SLUICE_VAR=/mnt exec unshare --mount sh -c \
	    'mount --bind . /mnt && cd /mnt && exec "$@"' sh "${drop[@]}" "$@"
}

# Moved into place one by one: a worker that is started again in this moment
# finds the old binary or the new one, both whole. The lock is for those who
# install at the same moment.
install_files()
{
	tar -cf - -C "$top" --transform 's|.*/||' "$binary" \
	    fcgi/common.sh fcgi/pool.sh fcgi/supervise.sh fcgi/worker.sh \
	    sql/cluster.sh nginx/front.sh nginx/nginx.conf.in |
	( inside flock . sh -c 'umask 077; rm -rf bin/new && mkdir -p bin/new &&
	    tar -xf - --no-same-owner -C bin/new && mv -f bin/new/* bin/' )
}

# Run a command line of bash with the pool's functions and the settings of the
# instance that runs, in place of those asked for now.
within()
{
	supervisor >/dev/null || die "not running in $SLUICE_VAR"
	inside bash -c '. run/settings && . bin/common.sh &&
	    . bin/pool.sh && . bin/front.sh && eval "$0"' "$@"
}

start()
{
	local line ready=

	refuse_a_second
	install_files
	while read -r line; do
		say "$line"
		case $line in
		'sluice is ready'*)	ready=yes; break ;;
		esac
	done < <(inside setsid bin/supervise.sh background 2>&1)
	[ -n "$ready" ] || exit 1
}

stop()
{
	local pid

	pid=$(supervisor) || { say "not running in $SLUICE_VAR"; return; }
	kill -TERM "$pid"
	while supervisor >/dev/null; do
		sleep 0.1
	done
	say stopped
}

status()
{
	local pid

	pid=$(supervisor) || { say "not running in $SLUICE_VAR"; exit 3; }
	say "supervisor $pid in $SLUICE_VAR"
	within pool_status
}

usage()
{
	local name=fcgi/run.sh

	[ ! -e "$top/configuration" ] || name=sluicectl
	sed -n "s|^#	fcgi/run.sh|	$name|p" "$top/fcgi/run.sh"
	exit 2
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
run | start | stop | status | restart | psql | do)
	prepare_directory "$command" ;;
*)	usage ;;
esac
case $command in
run)	refuse_a_second; install_files; inside bin/supervise.sh ;;
start)	start ;;
stop)	stop ;;
status)	status ;;
restart)
	supervisor >/dev/null || die "not running in $SLUICE_VAR"
	install_files
	within 'bin/sluice migrate && pool_restart' ;;
psql)	within 'exec psql "$SLUICE_DATABASE" "$@"' "$@" ;;
do)	within 'exec bin/sluice "$@"' "$@" ;;
esac
