/*
 * Hide delivered messages of one topic for p_vt_ms from now. The first five
 * arguments are those of ack.
 *
 * The result has a row for each message extended, with the position (from 1)
 * of the element that did it.
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
begin
	return query
	with locked as materialized (
		select u.item, u.vt_ms, m.seq
		from unnest(p_seq, p_tries, p_base, p_dlq, p_vt_ms)
			with ordinality
			as u (seq, tries, base, dlq, vt_ms, item)
		join sluice.messages m
		on m.topic_id = p_topic
		and m.seq = u.seq
		where m.status = 1
		and (u.tries is null or m.tries = u.tries)
		and case when m.dlq then u.dlq else u.base end
		order by m.seq, u.item
		for update of m
	), chosen as (
		select distinct on (l.seq) l.seq, l.item, l.vt_ms
		from locked l
		order by l.seq, l.item
	)
	update sluice.messages m
	set visible_at = v_now + c.vt_ms * interval '1 ms'
	from chosen c
	where m.topic_id = p_topic
	and m.seq = c.seq
	returning c.item::integer, m.seq, m.tries, m.visible_at;
end
$$;
