/*
 * Rows that break a rule of their table. There are none: only the functions
 * of this program write these tables, and as constraints the rules would be
 * read anew by each statement that writes (docs/decisions/checks.md).
 */
create or replace view sluice.broken_rows as
select 'messages'::text as "table", r.rule, m.topic_id as owner_id,
	m.seq::text as id
from sluice.messages m
cross join lateral (
	values
	('seq is 0 to 4611686018427387903',
		m.seq between 0 and 4611686018427387903),
	('status is 0 to 4', m.status between 0 and 4),
	('visible_at goes with status 1 and 2',
		(m.status in (1, 2)) = (m.visible_at is not null)),
	('a dead letter is not fresh', m.status <> 0 or not m.dlq),
	('dlq_moved_at goes with dlq', m.dlq = (m.dlq_moved_at is not null)),
	('a group has dead letters only', m.dlq or m.consumer_group is null)
) as r (rule, holds)
where not r.holds
union all
select 'deliveries', r.rule, d.topic_id, d.seq || ' of ' || d.group_id
from sluice.deliveries d
cross join lateral (
	values
	('status is 0 to 3', d.status between 0 and 3),
	('visible_at goes with status 1 and 2',
		(d.status in (1, 2)) = (d.visible_at is not null))
) as r (rule, holds)
where not r.holds
union all
select 'message_expiries', 'first_seq is below end_seq', e.topic_id,
	e.first_seq::text
from sluice.message_expiries e
where e.first_seq >= e.end_seq
union all
select 'streams', r.rule, s.stream_id, s.name
from sluice.streams s
cross join lateral (
	values
	('there is a name', s.name <> ''),
	('state is 0 to 2', s.state between 0 and 2),
	('ttl_ms is 0 or more', s.ttl_ms >= 0),
	('forks is 0 or more', s.forks >= 0),
	('added is 0 or more', s.added >= 0),
	('length is 0 or more', s.length >= 0),
	('last_id has 16 bytes', octet_length(s.last_id) = 16),
	('deleted_id has 16 bytes', octet_length(s.deleted_id) = 16)
) as r (rule, holds)
where not r.holds
union all
select 'entries', r.rule, e.stream_id, e.seq::text
from sluice.entries e
cross join lateral (
	values
	('seq is 0 or more', e.seq >= 0),
	('id has 16 bytes', octet_length(e.id) = 16)
) as r (rule, holds)
where not r.holds
union all
select 'producers', 'epoch and seq are 0 or more', p.stream_id, p.producer
from sluice.producers p
where p.epoch < 0
or p.seq < 0
union all
select 'consumers', r.rule, c.stream_id, c.consumer
from sluice.consumers c
cross join lateral (
	values
	('there is a name', c.consumer <> ''),
	('last_id has 16 bytes', octet_length(c.last_id) = 16)
) as r (rule, holds)
where not r.holds
union all
select 'pending', 'id has 16 bytes', p.stream_id, p.id::text
from sluice.pending p
where octet_length(p.id) <> 16;

comment on view sluice.broken_rows is
	'rows that break a rule of their table: there must be none';
comment on column sluice.broken_rows.rule is
	'what does not hold';
comment on column sluice.broken_rows.owner_id is
	'whose row: a topic_id or a stream_id';
comment on column sluice.broken_rows.id is
	'which of the owner''s rows';
