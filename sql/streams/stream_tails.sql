/*
 * How far streams are. Reads.
 *
 *	$1 stream_id bigint[]
 * A row for each that is there:
 *	0 stream_id bigint, 1 incarnation integer, 2 next_seq bigint,
 *	3 closed boolean, 4 live boolean
 */
select s.stream_id, s.incarnation, s.next_seq, s.closed,
	s.state = 0 and (s.expires_at is null
		or s.expires_at > clock_timestamp()) as live
from unnest($1::bigint[]) as w (id)
join sluice.streams s on s.stream_id = w.id
