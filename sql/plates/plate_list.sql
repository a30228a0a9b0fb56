/*
 * All plates, by id. Reads.
 *
 *	$1 limit bigint, $2 offset bigint
 * Rows:
 *	0 plate text, 1 created_at timestamptz
 */
select p.plate, p.created_at
from sluice.plates p
where p.ended_at is null
order by p.plate
limit $1::bigint
offset $2::bigint
