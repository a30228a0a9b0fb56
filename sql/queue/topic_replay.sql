/*
 * Enqueue some of what was acknowledged of a topic once more:
 * sql/fn/replay.sql. Writes. Repeat it from where it ended while it says that
 * there may be more.
 *
 *	$1 topic_id bigint, $2 at timestamptz, $3 after bigint,
 *	$4 until timestamptz or null, $5 seq bigint[], $6 bytes_max bigint,
 *	$7 ttl_ms bigint, $8 max_retries integer
 * One row:
 *	0 count integer (null: some seq was used, try again with others),
 *	1 until timestamptz, 2 last_at timestamptz, 3 last_seq bigint,
 *	4 more boolean, 5 channels bigint[], where the topic's groups wait
 */
select r.count, r.until, r.last_at, r.last_seq, r.more,
	r.channels
from sluice.replay($1::bigint, $2::timestamptz, $3::bigint, $4::timestamptz,
	$5::bigint[], $6::bigint, $7::bigint, $8::integer) r
