/*
 * Lives of streams that have ended and are not removed yet, $3 of them after
 * the one given. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 batch bigint
 * Rows:
 *	0 stream_id bigint, 1 incarnation integer
 */
select d.stream_id, d.incarnation
from sluice.ended_streams d
where (d.stream_id, d.incarnation) > ($1::bigint, $2::integer)
order by d.stream_id, d.incarnation
limit $3::bigint
