/*
 * Streams of a plate that live, $3 of them by name, after the name given.
 * Reads. Those that have expired are left to who ends such streams.
 *
 *	$1 plate text, $2 after text, $3 limit bigint
 * Rows:
 *	0 stream_id bigint, 1 name text
 */
select s.stream_id, s.name
from sluice.streams s
where s.state = 0
and s.name > $1::text || '/'
and s.name < $1::text || '0'
and s.name > $2::text
and (s.expires_at is null or s.expires_at > now())
order by s.name
limit $3::bigint
