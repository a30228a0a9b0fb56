/*
 * Remove the rows that sql/fn/plate_take.sql made of keys that the transaction
 * has not begun after all. Writes.
 *
 *	$1 stream_id bigint[]
 * Rows:
 *	0 stream_id bigint
 */
delete from sluice.streams s
where s.stream_id = any ($1::bigint[])
and s.state = 2
and s.incarnation = -1
returning s.stream_id
