/* Every stream at a glance: cheap, it does not count entries. */
create or replace view sluice.stream_overview as
select s.name as stream,
	s.stream_id,
	case
		when s.state = 1 then 'gone'
		when s.state = 2 then 'deleted'
		when s.expires_at <= clock_timestamp() then 'expired'
		when s.closed then 'closed'
		else 'open'
	end as state,
	s.incarnation,
	s.content_type,
	s.next_seq as entries,
	s.bytes as own_bytes,
	sluice.stream_offset(s.incarnation, s.next_seq - 1) as next_offset,
	s.ttl_ms * interval '1 ms' as ttl,
	s.expires_at,
	s.created_at,
	s.last_at,
	f.name as forked_from,
	s.forks,
	(
		select count(*)
		from sluice.ended_streams d
		where d.stream_id = s.stream_id
	) as lives_to_reap
from sluice.streams s
left join sluice.streams f
on f.stream_id = s.fork_source;

comment on view sluice.stream_overview is
	'streams, also those that have ended: each name stays, with the number of its last life';
comment on column sluice.stream_overview.state is
	'open, closed, expired, deleted, or gone: deleted, but forks live on it';
comment on column sluice.stream_overview.entries is
	'how many a reader finds, those inherited by a fork too';
comment on column sluice.stream_overview.own_bytes is
	'of its own entries, without those inherited by a fork';
comment on column sluice.stream_overview.lives_to_reap is
	'lives that have ended and whose entries the reaper has not removed yet';
comment on column sluice.stream_overview.incarnation is
	'lives of the name before this one';
comment on column sluice.stream_overview.ttl is
	'how long it lives after its last use; null: no such end';
comment on column sluice.stream_overview.last_at is
	'when it was last appended to';
comment on column sluice.stream_overview.forks is
	'how many forks live on it';
