#!/bin/sh
# Becomes the worker of one socket; its number is the argument. Started by
# multiwatch, which starts it again, at once and for ever, when it ends. So a
# worker that died young waits a little here: a crash loop must not take a
# core. The exec keeps the pid, so run/worker-N.pid names the worker.

pid_file=run/worker-$1.pid
if [ -n "$(find "$pid_file" -newermt '2 seconds ago' 2>/dev/null)" ]; then
	sleep 0.5
fi
echo $$ >"$pid_file"
exec setpriv --pdeathsig TERM bin/sluice worker
