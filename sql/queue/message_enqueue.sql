/*
 * Enqueue messages of one topic: sql/fn/enqueue.sql. Writes. A seq that is
 * already used raises 23505: try again with others.
 *
 *	$1 topic_id bigint, $2 seq bigint[], $3 key text[] or null,
 *	$4 payload bytea[], $5 metadata bytea[] or null,
 *	$6 delay_ms bigint[] or null, $7 ttl_ms bigint[] or null,
 *	$8 max_retries integer[], $9 max_depth integer or null
 * One ttl_ms or one max_retries holds for all.
 * One row:
 *	0 seqs bigint[], in the order given; null when the topic is full
 *	1 channels bigint[], where the topic's groups wait, or null
 */
select e.seqs, e.channels
from sluice.enqueue($1::bigint, $2::bigint[], $3::text[], $4::bytea[],
	$5::bytea[], $6::bigint[], $7::bigint[], $8::integer[], $9::integer)
	e
