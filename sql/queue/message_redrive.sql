/*
 * Bring dead letters back to their topic, oldest first: sql/fn/redrive.sql.
 * Writes.
 *
 *	$1 topic_id bigint, $2 n integer, $3 max_retries integer
 * One row:
 *	0 count bigint
 */
select sluice.redrive($1::bigint, $2::integer, $3::integer)
