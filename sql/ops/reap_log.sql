/*
 * Forget what was acknowledged longer ago than its topic can be replayed:
 * sql/fn/reap_log.sql. Writes. Repeat it while it says that there may be more.
 *
 *	$1 batch bigint
 * One row:
 *	0 deleted bigint, 1 more boolean
 */
select r.deleted, r.more
from sluice.reap_log($1::bigint) r
