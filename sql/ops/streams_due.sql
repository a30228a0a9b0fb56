/*
 * Streams that have to end, $1 of each kind at most: they have expired, or
 * they are gone and nothing lives on them. Reads. `why` is what
 * sql/fn/stream_end.sql wants.
 *
 *	$1 batch bigint
 * Rows:
 *	0 stream_id bigint, 1 why integer
 */
(
	select s.stream_id, 1 as why
	from sluice.streams s
	where s.state = 0
	and s.expires_at <= now()
	order by s.expires_at
	limit $1::bigint
)
union all
(
	select s.stream_id, 2
	from sluice.streams s
	where s.state = 1
	and s.forks = 0
	limit $1::bigint
)
