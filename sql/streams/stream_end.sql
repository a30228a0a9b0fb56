/*
 * End a stream's life: sql/fn/stream_end.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 why integer
 * One row:
 *	0 status smallint, 1 next bigint
 */
select e.status, e.next
from sluice.stream_end($1::bigint, $2::text, $3::integer) e
