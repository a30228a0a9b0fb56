/*
 * Remove key rows whose message is gone, walking all key rows by topic and
 * key, $3 of them a call: sql/fn/reap_keys.sql. Writes. Begin after the
 * lowest bigint and '', then go on after what it says last, until last_topic
 * is null.
 *
 *	$1 topic_id bigint, $2 key text, $3 batch bigint
 * One row:
 *	0 count bigint, 1 last_topic bigint, 2 last_key text
 */
select r.count, r.last_topic, r.last_key
from sluice.reap_keys($1::bigint, $2::text, $3::bigint) r
