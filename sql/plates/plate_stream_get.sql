/*
 * A plate's stream that lives. Reads.
 *
 *	$1 stream_id bigint
 * One row, or none:
 *	0 incarnation integer, 1 name text, 2 length bigint, 3 added bigint,
 *	4 last_id bytea, 5 deleted_id bytea (4 and 5 null: entries without
 *	ids), 6 next_seq bigint, 7 first_seq bigint, 8 closed boolean,
 *	9 ttl_ms bigint, 10 expires_at timestamptz
 */
select s.incarnation, s.name, s.length, s.added, s.last_id, s.deleted_id,
	s.next_seq, s.first_seq, s.closed, s.ttl_ms, s.expires_at
from sluice.streams s
where s.stream_id = $1::bigint
and s.state = 0
and (s.expires_at is null or s.expires_at > clock_timestamp())
