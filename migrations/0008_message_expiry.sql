/*
 * When messages expire is noted by call and span of time, not by an index
 * entry for each message: a quarter of what an enqueue in a batch cost
 * PostgreSQL (docs/decisions/messages-in-postgresql.md).
 *
 * A row says that messages of the topic from first_seq to below end_seq may
 * expire by then, and not later. Others may be there that do not: they have
 * their own rows. sql/fn/note_expiry.sql writes them, the reaper removes them.
 */
create table sluice.message_expiries (
	topic_id bigint not null,
	due timestamptz not null,
	first_seq bigint not null,
	end_seq bigint not null,
	primary key (topic_id, due, first_seq, end_seq),
	check (first_seq < end_seq)
)
with (
	autovacuum_vacuum_scale_factor = 0.01,
	autovacuum_vacuum_threshold = 5000,
	autovacuum_vacuum_cost_delay = 1
);

/*
 * What is there, by ten minutes: 614400000000 is what seq grows in them. The
 * table is read once; nobody waits for that.
 */
insert into sluice.message_expiries (topic_id, due, first_seq, end_seq)
select distinct m.topic_id,
	date_bin('10 min', m.expires_at, 'epoch') + interval '10 min',
	m.seq - m.seq % 614400000000,
	m.seq - m.seq % 614400000000 + 614400000000
from sluice.messages m
where m.expires_at is not null
and m.status < 3;

/*
 * What workers write from then on until the function that does not note it is
 * replaced, in a moment: nothing is known of its times, so it is looked for
 * again and again, each time after twice as long, for longer than any lives.
 */
insert into sluice.message_expiries (topic_id, due, first_seq, end_seq)
select t.topic_id,
	now() + interval '2 min' * (1 << d.doubled),
	s.present - 614400000000,
	s.present + 6 * 614400000000
from sluice.topics t
cross join generate_series(0, 19) as d (doubled)
cross join (
	select extract(epoch from now() - timestamptz '2024-01-01Z')::bigint
		* 1024000000 as present
) s;

drop index sluice.messages_expiry;

-- Without that index the reaper of an older program would walk whole topics.
drop function if exists sluice.reap_expire(bigint);
