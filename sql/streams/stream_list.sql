/*
 * Living streams by name, in ranges of names that do not overlap: those not
 * below low and below high. Reads.
 *
 * $3 null is all; else a name has to be like one of these. $4 is the name
 * after which to begin; '' is before all of them.
 *
 *	$1 low text[], $2 high text[], $3 like text[], $4 after text,
 *	$5 offset bigint, $6 limit bigint
 * Rows:
 *	0 name text, 1 created_at timestamptz, 2 expires_at timestamptz,
 *	3 incarnation integer, 4 next_seq bigint
 */
select l.name, l.created_at, l.expires_at, l.incarnation, l.next_seq
from unnest($1::text[], $2::text[]) as r (low, high)
cross join lateral (
	select s.name, s.created_at, s.expires_at, s.incarnation, s.next_seq
	from sluice.streams s
	where s.state = 0
	and s.name >= r.low collate "C"
	and s.name < r.high collate "C"
	and s.name > $4::text collate "C"
	and (s.expires_at is null or s.expires_at > now())
	and ($3::text[] is null or s.name like any ($3::text[]))
	order by s.name
	limit $5::bigint + $6::bigint
) l
order by l.name
offset $5::bigint
limit $6::bigint
