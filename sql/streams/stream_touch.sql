/*
 * Renew the time to live of a stream that was read: sql/fn/stream_touch.sql.
 * Writes.
 *
 *	$1 stream_id bigint, $2 incarnation integer
 * One row:
 *	0 nothing void
 */
select sluice.stream_touch($1::bigint, $2::integer)
