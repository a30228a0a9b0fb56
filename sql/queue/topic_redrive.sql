/*
 * Bring dead letters back to their topic, oldest first: sql/fn/redrive.sql.
 * Writes.
 *
 *	$1 topic_id bigint, $2 n integer, $3 max_retries integer,
 *	$4 consumer_group text, or null for all dead letters
 * One row:
 *	0 count bigint, 1 channels bigint[], where groups wait, or null
 */
select r.count, r.channels
from sluice.redrive($1::bigint, $2::integer, $3::integer, $4::text) r
