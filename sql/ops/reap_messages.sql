/*
 * Delete expired messages of all topics, walking $4 of them a call:
 * sql/fn/reap_messages.sql. Writes. Begin with the lowest bigint, false and
 * -1, then go on after what it says last, until last_topic is null.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 seq bigint, $4 batch bigint
 * One row:
 *	0 deleted bigint, 1 last_topic bigint, 2 last_dlq boolean,
 *	3 last_seq bigint
 */
select r.deleted, r.last_topic, r.last_dlq, r.last_seq
from sluice.reap_messages($1::bigint, $2::boolean, $3::bigint, $4::bigint) r
