/*
 * Mark messages whose time is up as expired, at most $1 of them:
 * sql/fn/reap_expire.sql. Writes. Repeat it while it says $1.
 *
 *	$1 batch bigint
 * One row:
 *	0 count bigint
 */
select sluice.reap_expire($1::bigint)
