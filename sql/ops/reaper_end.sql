/*
 * A reaper's run is over: count it, and give back the lease if the holder has
 * it. What was due until $6 is done; null says nothing of it. Writes.
 *
 *	$1 name text, $2 holder text, $3 rows bigint, $4 took_ms bigint,
 *	$5 error text, empty when all went well,
 *	$6 done_until timestamptz or null
 * No row.
 */
insert into sluice.reapers as r (name, runs, failures, rows_done, started_at,
	ended_at, last_rows, last_error)
values ($1::text, 1, ($5::text <> '')::integer, $3::bigint,
	now() - $4::bigint * interval '1 ms', now(), $3::bigint, $5::text)
on conflict (name)
do update set runs = r.runs + 1,
	failures = r.failures + excluded.failures,
	rows_done = r.rows_done + excluded.rows_done,
	started_at = excluded.started_at,
	ended_at = excluded.ended_at,
	last_rows = excluded.last_rows,
	last_error = excluded.last_error,
	done_until = greatest(r.done_until, $6::timestamptz),
	leased_by = case when r.leased_by = $2::text
		then ''
		else r.leased_by end,
	leased_until = case when r.leased_by = $2::text
		then '-infinity'
		else r.leased_until end
