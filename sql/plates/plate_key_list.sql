/*
 * A plate's keys, the oldest first: PLATE_KEYS_MAX at most. Reads.
 *
 *	$1 plate text
 * No row: there is no such plate. Otherwise one for each key, or one of nulls
 * when it has none:
 *	0 id uuid, 1 created_at timestamptz
 */
select k.id, k.created_at
from sluice.plates p
left join sluice.plate_keys k
on k.plate = p.plate
where p.plate = $1::text
and p.ended_at is null
order by k.created_at, k.id
