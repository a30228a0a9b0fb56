/*
 * A plate. Reads.
 *
 *	$1 plate text
 * One row, or none:
 *	0 plate text, 1 created_at timestamptz
 */
select p.plate, p.created_at
from sluice.plates p
where p.plate = $1::text
and p.ended_at is null
