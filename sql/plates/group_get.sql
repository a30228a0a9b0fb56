/*
 * A key and a group of it. Reads.
 *
 *	$1 stream_id bigint, $2 consumer text
 * One row, or none if there is no such key:
 *	0 name text, 1 last_id bytea, 2 incarnation integer, 3 found boolean
 */
select s.name, s.last_id, s.incarnation, c.consumer is not null as found
from sluice.streams s
left join sluice.consumers c
on c.stream_id = s.stream_id
and c.incarnation = s.incarnation
and c.consumer = $2::text
where s.stream_id = $1::bigint
and s.state = 0
and (s.expires_at is null or s.expires_at > clock_timestamp())
