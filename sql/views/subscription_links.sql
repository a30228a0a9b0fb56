/* Each stream of each subscription, and what of it is pending. */
create or replace view sluice.subscription_links as
select l.subscription_id,
	l.name,
	l.stream_id,
	l.explicit,
	l.globbed,
	s.stream_id is not null as live,
	coalesce(s.incarnation, 0) as incarnation,
	coalesce(s.next_seq, 0) as tail_seq,
	case when s.incarnation = l.acked_incarnation then l.acked_seq
		else 0 end as acked_seq,
	coalesce(s.next_seq > case
		when s.incarnation = l.acked_incarnation then l.acked_seq
		else 0 end, false) as pending,
	l.wake_incarnation,
	l.wake_seq
from sluice.subscription_streams l
left join sluice.streams s
on s.stream_id = l.stream_id
and s.name = l.name
and s.state = 0
and (s.expires_at is null or s.expires_at > clock_timestamp());

comment on view sluice.subscription_links is
	'each stream of each subscription, and what of it is pending';
comment on column sluice.subscription_links.acked_seq is
	'the first entry that is not acked';
comment on column sluice.subscription_links.live is
	'the stream is there';
comment on column sluice.subscription_links.wake_seq is
	'where the stream ended when the present wake began';
comment on column sluice.subscription_links.explicit is
	'the subscription names the stream';
comment on column sluice.subscription_links.globbed is
	'the subscriptions pattern matches the stream';
comment on column sluice.subscription_links.tail_seq is
	'how many entries the stream has: the next ones number';
comment on column sluice.subscription_links.pending is
	'there are entries that are not acked';
