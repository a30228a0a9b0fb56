/*
 * How many users there are. Reads.
 *
 * One row:
 *	0 count bigint
 */
select count(*)
from sluice.users u
