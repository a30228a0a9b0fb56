/*
 * Hide delivered messages of one topic for p_vt_ms from now. The first five
 * arguments are those of ack.
 *
 * The result has a row for each element that extended its message, with the
 * element's position (from 1).
 */
create or replace function sluice.extend(
	p_topic bigint,
	p_seq bigint[],
	p_tries integer[],
	p_base boolean[],
	p_dlq boolean[],
	p_vt_ms bigint[])
returns table (item integer, seq bigint, tries integer, visible_at timestamptz)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_extend record;
begin
	for v_extend in
		select u.seq, u.tries, u.base, u.dlq, u.item,
			u.vt_ms * interval '1 ms' as timeout
		from unnest(p_seq, p_tries, p_base, p_dlq, p_vt_ms)
			with ordinality
			as u (seq, tries, base, dlq, vt_ms, item)
		order by u.seq, u.item
	loop
		update sluice.messages m
		set visible_at = v_now + v_extend.timeout
		where m.topic_id = p_topic
		and m.seq = v_extend.seq
		and m.status = 1
		and (v_extend.tries is null or m.tries = v_extend.tries)
		and case when m.dlq then v_extend.dlq else v_extend.base end
		returning m.seq, m.tries, m.visible_at
		into seq, tries, visible_at;
		continue when not found;

		item := v_extend.item;
		return next;
	end loop;
end
$$;
