/*
 * How many plates there are. Reads.
 *
 * One row:
 *	0 count bigint
 */
select count(*)
from sluice.plates p
where p.ended_at is null
