/*
 * How many topics have a schema. Reads.
 *
 * One row:
 *	0 count bigint
 */
select count(*)
from sluice.topic_schemas s
