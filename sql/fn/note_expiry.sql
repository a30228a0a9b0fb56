/*
 * Note for the reaper that messages of a topic, from p_first to p_last, have
 * been made now with a time to live. Mostly the note is there already, for it
 * covers spans of time: what was made in one span and expires in one has one
 * note, due at the end of the latter. A span is a power of two of seconds, the
 * longest that goes 64 times into their life, but four at least.
 *
 * Whoever writes the first note of its kind is waited for by others, until he
 * commits. So a call notes last of all, and shorter lives first: that is the
 * order of the notes, by due and span, and nobody waits in a ring.
 *
 * Says whether it is new.
 */
create or replace function sluice.note_expiry(
	p_topic bigint,
	p_first bigint,
	p_last bigint,
	p_now timestamptz,
	p_ttl_ms bigint)
returns boolean
language plpgsql
as $$
declare
	v_span constant bigint := 1::bigint << greatest(2,
		floor(ln(p_ttl_ms / 1000.0::float8) / ln(2.0::float8))
			::integer - 6);
	v_due constant timestamptz := date_bin(v_span * interval '1 s',
			p_now + p_ttl_ms * interval '1 ms', 'epoch')
		+ v_span * interval '1 s';
	-- What seq grows in it.
	v_seqs constant bigint := v_span * 1024000000;
	v_first constant bigint := p_first - p_first % v_seqs;
	v_end constant bigint := p_last - p_last % v_seqs + v_seqs;
begin
	perform
	from sluice.message_expiries e
	where e.topic_id = p_topic
	and e.due = v_due
	and e.first_seq = v_first
	and e.end_seq = v_end;
	if found then
		return false;
	end if;
	-- Somebody may have written it since, and that is as good.
	insert into sluice.message_expiries (topic_id, due, first_seq,
		end_seq)
	values (p_topic, v_due, v_first, v_end)
	on conflict do nothing;
	return found;
end
$$;
