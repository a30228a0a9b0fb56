#!/bin/sh
# Copies a built Sluice to where a system keeps its programs, and removes it
# again: `make install` and `make uninstall`. The Makefile gives the places in
# the environment; those below DESTDIR are only copied to, never run from.
#
#	$BINDIR/sluice, sluicectl	the program, and the switch of an instance
#	$LIBDIR/			the binary and the scripts, as in the tree
#	$SHAREDIR/sluice.env		the settings with their defaults
#	$CONFDIR/sluice.env		a copy of it; one that is there is let be
#	$UNITDIR/sluice.service		for systemd
#	$CRONDIR/sluice			for cron
#	$DOCDIR/			the pages of docs/, and examples
#	$MANDIR, $COMPLETIONDIR		for people at a shell
set -eu
umask 022
cd "$(dirname "$0")/../.."
build=${BUILD:-build}

# place MODE FILE... DIRECTORY
place()
{
	local mode=$1 directory

	shift
	for directory; do :; done
	mkdir -p "$DESTDIR$directory"
	while [ $# -gt 1 ]; do
		install -m "$mode" "$1" "$DESTDIR$directory/"
		shift
	done
}

# A file whose @WORDS@ are places. fill MODE FILE TARGET
fill()
{
	mkdir -p "$DESTDIR$(dirname "$3")"
	sed -e "s|@BINDIR@|$BINDIR|g" -e "s|@CONFDIR@|$CONFDIR|g" \
	    -e "s|@STATEDIR@|$STATEDIR|g" -e "s|@DOCDIR@|$DOCDIR|g" \
	    "$2" >"$DESTDIR$3"
	chmod "$1" "$DESTDIR$3"
}

# Every setting with its default, as a comment, out of the binary's own table.
environment()
{
	cat <<-END
	# The settings of Sluice, one NAME=value a line: a value is taken as it
	# stands, but for quotes around all of it. What the environment says
	# wins. After a change: systemctl restart sluice

	# directory of all that is kept; the service may write nowhere else
	SLUICE_VAR=$STATEDIR
	END
	"$build/sluice" help settings | awk -F ' *[|] *' '
		$2 ~ /^`SLUICE_/ && $2 !~ /_VAR`/ {
			gsub("`", "")
			printf "\n# %s (%s)\n#%s=%s\n", $5, $4, $2, $3
		}'
}

install_all()
{
	place 0755 "$build/sluice" "$LIBDIR"
	[ -z "${STRIP:-}" ] || $STRIP "$DESTDIR$LIBDIR/sluice"
	place 0755 fcgi/run.sh fcgi/supervise.sh fcgi/worker.sh "$LIBDIR/fcgi"
	place 0644 fcgi/common.sh fcgi/pool.sh fcgi/settings.def "$LIBDIR/fcgi"
	place 0644 sql/cluster.sh "$LIBDIR/sql"
	place 0644 nginx/front.sh nginx/nginx.conf.in "$LIBDIR/nginx"
	mkdir -p "$DESTDIR$BINDIR"
	ln -srf "$DESTDIR$LIBDIR/sluice" "$DESTDIR$BINDIR/sluice"
	ln -srf "$DESTDIR$LIBDIR/fcgi/run.sh" "$DESTDIR$BINDIR/sluicectl"
	# By this file run.sh knows that it is installed.
	echo "$CONFDIR/sluice.env" >"$DESTDIR$LIBDIR/configuration"

	mkdir -p "$DESTDIR$SHAREDIR" "$DESTDIR$CONFDIR"
	environment >"$DESTDIR$SHAREDIR/sluice.env"
	# A password may come to stand in it.
	[ -e "$DESTDIR$CONFDIR/sluice.env" ] ||
		install -m 0640 "$DESTDIR$SHAREDIR/sluice.env" \
		    "$DESTDIR$CONFDIR/"
	fill 0644 docs/package/sluice.service "$UNITDIR/sluice.service"

	fill 0644 fcgi/sluice.cron.in "$CRONDIR/sluice"

	place 0644 docs/*.md docs/openapi.json "$DOCDIR"
	place 0644 docs/decisions/*.md "$DOCDIR/decisions"
	place 0644 docs/package/site.conf "$DOCDIR/package"
	place 0644 docs/prometheus/* "$DOCDIR/prometheus"
	place 0644 docs/grafana/* "$DOCDIR/grafana"
	place 0755 docs/package/archive.sh "$LIBDIR"
	place 0644 docs/sluice.1 "$MANDIR/man1"
	place 0644 docs/package/sluicectl.8 "$MANDIR/man8"
	install -D -m 0644 fcgi/sluice.bash-completion \
	    "$DESTDIR$COMPLETIONDIR/sluice"
}

# What was placed, and not what was made since: the settings and the state.
uninstall_all()
{
	rm -rf "$DESTDIR$LIBDIR" "$DESTDIR$SHAREDIR" "$DESTDIR$DOCDIR"
	rm -f "$DESTDIR$BINDIR/sluice" "$DESTDIR$BINDIR/sluicectl" \
	    "$DESTDIR$UNITDIR/sluice.service" "$DESTDIR$CRONDIR/sluice" \
	    "$DESTDIR$MANDIR/man1/sluice.1" \
	    "$DESTDIR$MANDIR/man8/sluicectl.8" \
	    "$DESTDIR$COMPLETIONDIR/sluice"
	echo "kept: $DESTDIR$CONFDIR/sluice.env $DESTDIR$STATEDIR"
}

case $1 in
install)	install_all ;;
uninstall)	uninstall_all ;;
esac
