/*
 * Count a login attempt of a client. Its window begins with its first attempt
 * and does not move; one that would last longer than $2, because the setting
 * has changed, is over. Writes.
 *
 *	$1 client text, $2 window_ms bigint
 * One row:
 *	0 attempts integer, this one included, 1 window_end timestamptz,
 *	2 left_ms bigint until then, by the database's clock
 */
insert into sluice.login_attempts as a (client, attempts, window_end)
values ($1::text, 1, now() + $2::bigint * interval '1 ms')
on conflict (client)
do update set attempts =
		case when a.window_end > now()
			and a.window_end <= excluded.window_end
		then least(a.attempts, 1000000000) + 1
		else 1 end,
	window_end =
		case when a.window_end > now()
			and a.window_end <= excluded.window_end
		then a.window_end
		else excluded.window_end end
returning attempts, window_end,
	(extract(epoch from window_end - now()) * 1000)::bigint
