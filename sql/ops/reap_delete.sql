/*
 * Delete expired messages, at most $1 of them: sql/fn/reap_delete.sql. Writes.
 * Repeat it while it says $1.
 *
 *	$1 batch bigint
 * One row:
 *	0 count bigint
 */
select sluice.reap_delete($1::bigint)
