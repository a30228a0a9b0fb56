/*
 * A stream as it is now, whatever its state. Reads.
 *
 *	$1 stream_id bigint
 * One row, or none:
 *	0 incarnation integer, 1 state smallint (with 3 for expired),
 *	2 closed boolean, 3 next_seq bigint, 4 fork_seq bigint,
 *	5 content_type text, 6 media_type text, 7 ttl_ms bigint,
 *	8 expires_at timestamptz, 9 name text, 10 bytes bigint,
 *	11 created_at timestamptz, 12 last_at timestamptz,
 *	13 first_seq bigint, 14 ids boolean: its entries have some
 */
select s.incarnation,
	case when s.state = 0 and s.expires_at <= clock_timestamp() then 3::smallint
		else s.state end as state,
	s.closed, s.next_seq, s.fork_seq, s.content_type, s.media_type,
	s.ttl_ms, s.expires_at, s.name, s.bytes, s.created_at, s.last_at,
	s.first_seq, s.last_id is not null as ids
from sluice.streams s
where s.stream_id = $1::bigint
