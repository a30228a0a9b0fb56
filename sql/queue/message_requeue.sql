/*
 * Bring one dead letter back to its topic: sql/fn/requeue.sql. Writes.
 *
 *	$1 topic_id bigint, $2 seq bigint, $3 max_retries integer
 * One row:
 *	0 outcome text: requeued, missing, not_dlq or expired,
 *	1 channels bigint[], where groups wait for it, or null
 */
select r.outcome, r.channels
from sluice.requeue($1::bigint, $2::bigint, $3::integer) r
