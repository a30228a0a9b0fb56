/*
 * Create a stream, or compare it: sql/fn/stream_create.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 content_type text,
 *	$4 media_type text, $5 ttl_ms bigint, $6 expires_at timestamptz,
 *	$7 closed boolean, $8 data bytea[], $9 source bigint,
 *	$10 source_name text, $11 fork_at bigint,
 *	$12 fork_incarnation integer, $13 fork_sub bigint,
 *	$14 segments_max integer
 * One row:
 *	0 status smallint, 1 incarnation integer, 2 next_seq bigint,
 *	3 closed boolean, 4 content_type text, 5 ttl_ms bigint,
 *	6 expires_at timestamptz
 */
select c.status, c.incarnation, c.next_seq, c.closed, c.content_type,
	c.ttl_ms, c.expires_at
from sluice.stream_create($1::bigint, $2::text, $3::text, $4::text,
	$5::bigint, $6::timestamptz, $7::boolean, $8::bytea[], $9::bigint,
	$10::text, $11::bigint, $12::integer, $13::bigint, $14::integer) c
