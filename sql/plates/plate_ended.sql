/*
 * Deleted plates, $2 of them after the one given. Reads.
 *
 *	$1 plate text, $2 limit bigint
 * Rows:
 *	0 plate text
 */
select p.plate
from sluice.plates p
where p.ended_at is not null
and p.plate > $1::text
order by p.plate
limit $2::bigint
