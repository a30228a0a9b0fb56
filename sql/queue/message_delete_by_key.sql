/*
 * Delete all messages of a topic, or all its dead letters, that have one key,
 * whatever their state: sql/fn/delete_by_key.sql. Writes.
 *
 *	$1 topic_id bigint, $2 dlq boolean, $3 key text
 * One row:
 *	0 deleted bigint
 */
select sluice.delete_by_key($1::bigint, $2::boolean, $3::text)
