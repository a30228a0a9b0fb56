/*
 * The schedule that a reaper was given over the API, as the delete reaper can
 * be. Reads.
 *
 *	$1 name text
 * One row, or none:
 *	0 schedule_set text or null
 */
select r.schedule_set
from sluice.reapers r
where r.name = $1::text
