/*
 * Give each of these reapers a row, unless it has one. Writes.
 *
 *	$1 names text[]
 * No row.
 */
insert into sluice.reapers (name)
select n.name
from unnest($1::text[]) as n (name)
on conflict do nothing
