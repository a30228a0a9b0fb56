/* Consumer groups: how far each is, what is pending, and since when. */
create or replace view sluice.group_lag as
select s.name as stream,
	c.consumer as consumer_group,
	sluice.entry_id_text(c.last_id) as last_delivered,
	c.entries_read,
	sluice.lag_of(c.last_id, c.entries_read, s.added, s.length, s.last_id,
		s.deleted_id, f.id) as lag,
	m.consumers,
	p.pending,
	sluice.entry_id_text(o.id) as oldest_pending,
	o.owner as oldest_owner,
	o.delivered_at as oldest_delivered_at,
	c.stream_id,
	c.incarnation
from sluice.consumers c
join sluice.streams s
on s.stream_id = c.stream_id
and s.incarnation = c.incarnation
and s.state = 0
and (s.expires_at is null or s.expires_at > clock_timestamp())
left join lateral (
	select e.id
	from sluice.entries e
	where e.stream_id = c.stream_id
	and e.incarnation = c.incarnation
	and e.seq >= s.first_seq
	order by e.seq
	limit 1
) f
on true
cross join lateral (
	select count(*) as consumers
	from sluice.consumer_members k
	where k.stream_id = c.stream_id
	and k.incarnation = c.incarnation
	and k.consumer = c.consumer
) m
cross join lateral (
	select count(*) as pending
	from sluice.pending h
	where h.stream_id = c.stream_id
	and h.incarnation = c.incarnation
	and h.consumer = c.consumer
) p
left join lateral (
	select h.id, h.owner, h.delivered_at
	from sluice.pending h
	where h.stream_id = c.stream_id
	and h.incarnation = c.incarnation
	and h.consumer = c.consumer
	order by h.id
	limit 1
) o
on true;

comment on view sluice.group_lag is
	'consumer groups: how far each is, and what of it is pending';
comment on column sluice.group_lag.lag is
	'entries that nobody of the group was given yet; null: not known';
comment on column sluice.group_lag.oldest_pending is
	'the entry with the lowest id of those that are not acknowledged';
comment on column sluice.group_lag.last_delivered is
	'the id up to which the group was given entries';
comment on column sluice.group_lag.entries_read is
	'how many it was given; null: not known';
