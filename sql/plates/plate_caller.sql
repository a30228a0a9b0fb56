/*
 * Who has a key of a plate, with the columns by which user_by_id tells of a
 * user. Reads.
 *
 *	$1 plate text, $2 hash bytea: of the key; null asks for the plate alone
 * One row, or none: there is no such plate, or no such key of it:
 *	0 id uuid, 1 name text, 2 is_admin boolean, 3 version bigint,
 *	4 action text, 5 topic_pattern text, 6 consumer_group text
 */
select null::uuid, 'plate:' || p.plate, false, 0::bigint, 'admin',
	'plate:' || p.plate || '/*', null::text
from sluice.plates p
where p.plate = $1::text
and p.ended_at is null
and ($2::bytea is null or exists (
	select
	from sluice.plate_keys k
	where k.hash = $2::bytea
	and k.plate = p.plate
))
