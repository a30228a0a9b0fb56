/*
 * Where a fork's entries are that come before its own. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 from_seq bigint
 * Rows, in order, of the segments that end behind $3:
 *	0 from_seq bigint, 1 to_seq bigint, 2 source_id bigint,
 *	3 source_incarnation integer, 4 sparse boolean: a plate's, of which
 *	entries may have been removed
 */
select g.from_seq, g.to_seq, g.source_id, g.source_incarnation,
	s.last_id is not null as sparse
from sluice.segments g
join sluice.streams s on s.stream_id = g.source_id
where g.stream_id = $1::bigint
and g.incarnation = $2::integer
and g.to_seq > $3::bigint
order by g.from_seq
