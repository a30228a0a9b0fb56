/*
 * All reapers. Reads.
 *
 * Rows:
 *	0 name text, 1 schedule_set text or null, 2 done_until timestamptz,
 *	3 schedule text, 4 due_at timestamptz or null, 5 leased boolean,
 *	6 now timestamptz, by the database's clock
 */
select r.name, r.schedule_set, r.done_until, r.schedule, r.due_at,
	r.leased_until > now(), now()
from sluice.reapers r
