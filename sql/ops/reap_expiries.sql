/*
 * Mark messages whose time is up as expired, walking at most $1 of them:
 * sql/fn/reap_expiries.sql. Writes. Repeat it while it says more.
 *
 *	$1 batch bigint
 * One row:
 *	0 expired bigint, 1 more boolean
 */
select r.expired, r.more
from sluice.reap_expiries($1::bigint) r
