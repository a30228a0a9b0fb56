/*
 * The next consumer group of the queue after the one given that was
 * unregistered, or has been joining for a minute: nobody may be at it any
 * more. Reads.
 *
 * It is settled when nobody can give it a delivery any more: who saw it as it
 * was has begun before it was seen to end, for which a minute is plenty. Who is
 * at something has a snapshot or has written; other roles' sessions do not say
 * since when. Vacuum adds nothing.
 *
 *	$1 topic_id bigint, $2 group_id bigint
 * One row, or none:
 *	0 topic_id bigint, 1 group_id bigint, 2 state smallint,
 *	3 settled boolean
 */
select g.topic_id, g.group_id, g.state,
	g.state = 2
		and g.ended_at < now() - interval '1 min'
		and not exists (
			select
			from pg_stat_activity a
			where a.datname = current_database()
			and a.pid <> pg_backend_pid()
			and (a.backend_xmin is not null
				or a.backend_xid is not null)
			and a.backend_type
				is distinct from 'autovacuum worker'
			and coalesce(a.xact_start, 'epoch')
				< g.ended_at + interval '1 min')
from sluice.consumer_groups g
where (g.topic_id, g.group_id) > ($1::bigint, $2::bigint)
and (g.state = 2
	or g.state = 0 and g.created_at < now() - interval '1 min')
order by g.topic_id, g.group_id
limit 1
