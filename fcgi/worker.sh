#!/bin/sh
# Keeps the worker of one socket; its number is the argument. Started by
# multiwatch, which starts it again, at once and for ever, when it ends.
#
# SIGTERM ends this script at once and, by its death, makes the worker drain:
# so the successor, which multiwatch starts then, takes new connections while
# the worker still answers on its old ones. run/keeper-N.pid names this
# script, run/worker-N.pid the worker.
#
# A worker that died young waits a little here: a crash loop must not take a
# core.

pid_file=run/worker-$1.pid
if [ -n "$(find "$pid_file" -newermt '2 seconds ago' 2>/dev/null)" ]; then
	sleep 0.5
fi
echo $$ >"run/keeper-$1.pid"
trap 'exit 0' TERM
exec 3<&0
setpriv --pdeathsig TERM bin/sluice worker "$1" <&3 3<&- &
echo $! >"$pid_file"
wait $!
