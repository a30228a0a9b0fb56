/*
 * How many topics are configured. Reads.
 *
 * One row:
 *	0 count bigint
 */
select count(*)
from sluice.topic_configs c
