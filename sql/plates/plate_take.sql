/*
 * Lock the rows of a transaction's keys, in the order given:
 * sql/fn/plate_take.sql. Writes.
 *
 *	$1 stream_id bigint[], $2 name text[], $3 begins boolean[]
 * One row:
 *	0 held boolean
 */
select sluice.plate_take($1::bigint[], $2::text[], $3::boolean[])
