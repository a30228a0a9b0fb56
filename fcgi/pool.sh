# The pool: for each worker process a socket of its own, bound by spawn-fcgi
# and kept open by multiwatch, so that connections wait in its backlog while
# a worker that was killed or has drained is replaced. Sourced by
# fcgi/supervise.sh and fcgi/run.sh.

# multiwatch counts a child that dies within -t as a failed try and gives up
# after -r of them; within 0 ms none does. worker.sh sets the pace instead.
pool_launch()
{
	launch "worker-$1" TERM log/sluice.log spawn-fcgi -n \
	    -s "run/worker-$1.sock" -b 4096 -M 0600 -- /usr/bin/multiwatch \
	    -f 1 -r 1 -t 0 -s TERM -- bin/worker.sh "$1"
}

pool_start()
{
	local n

	for ((n = 0; n < SLUICE_PROCESSES; n++)); do
		pool_launch "$n"
	done
}

# One worker after the other gets a successor and drains; the next is asked
# only when the successor answers.
pool_restart()
{
	local n old until

	for ((n = 0; n < SLUICE_PROCESSES; n++)); do
		say "restarting worker $n"
		old=$(cat "run/worker-$n.pid")
		kill -TERM "$(cat "run/keeper-$n.pid")" 2>/dev/null ||
			: # just died by itself
		until=$((SECONDS + 120))
		while [ "$(cat "run/worker-$n.pid")" = "$old" ] ||
		    [ "$(front_status /readyz "$n")" != 200 ]; do
			[ "$SECONDS" -lt "$until" ] ||
				die "worker $n has not come back in 120 s"
			sleep 0.05
		done
	done
}

pool_status()
{
	local n

	for ((n = 0; n < SLUICE_PROCESSES; n++)); do
		say "worker $n: pid $(cat "run/worker-$n.pid")," \
		    "/readyz $(front_status /readyz "$n")"
	done
	say "nginx: pid $(cat run/nginx.pid), https $SLUICE_HTTPS_PORT," \
	    "http $SLUICE_HTTP_PORT, /readyz $(front_status /readyz)"
}
