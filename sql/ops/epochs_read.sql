/*
 * How often what workers keep in memory has changed. Reads.
 *
 * Rows:
 *	0 name text ('auth' or 'config'), 1 value bigint
 */
select e.name, e.value
from sluice.epochs e
