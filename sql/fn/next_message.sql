/*
 * Make the first of the messages that wait behind another one of their key
 * due: its seq, null when there is none, or -1 when somebody has locked it.
 * Nobody else is at it: the caller has the line's row. Those whose time is up
 * are left to the reaper.
 */
create or replace function sluice.next_message(
	p_topic bigint,
	p_key text,
	p_low_seq bigint,
	p_now timestamptz)
returns bigint
language plpgsql
as $$
declare
	v_seq bigint;
begin
	select m.seq
	into v_seq
	from sluice.messages m
	where m.topic_id = p_topic
	and m.key = p_key
	and m.visible_at = 'infinity'
	and m.seq >= p_low_seq
	and (m.expires_at is null or m.expires_at > p_now)
	order by m.seq
	limit 1;
	if not found then
		return null;
	end if;

	perform
	from sluice.messages m
	where m.topic_id = p_topic
	and m.seq = v_seq
	for no key update skip locked;
	if not found then
		return -1;
	end if;
	update sluice.messages m
	set visible_at = p_now
	where m.topic_id = p_topic
	and m.seq = v_seq;
	return v_seq;
end
$$;
