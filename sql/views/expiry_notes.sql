/* What the reaper will look at: when, and for which messages. */
create or replace view sluice.expiry_notes as
select t.name as topic,
	e.topic_id,
	e.due,
	e.due <= clock_timestamp() as overdue,
	timestamptz '2024-01-01Z' + e.first_seq / 1024 * interval '1 us'
		as made_from,
	timestamptz '2024-01-01Z' + e.end_seq / 1024 * interval '1 us'
		as made_to,
	e.first_seq,
	e.end_seq
from sluice.message_expiries e
left join sluice.topics t
on t.topic_id = e.topic_id
order by e.due;

comment on view sluice.expiry_notes is
	'spans in which messages were made that expire by then; the reaper looks at what is overdue';
comment on column sluice.expiry_notes.due is
	'when the last of them has expired';
comment on column sluice.expiry_notes.made_from is
	'when the first of them was made, by the clock of its worker';
comment on column sluice.expiry_notes.overdue is
	'the reaper has not been there yet';
comment on column sluice.expiry_notes.first_seq is
	'made_from as a place in the topic';
