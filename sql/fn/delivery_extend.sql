/*
 * Hide deliveries to consumer groups for p_vt_ms from now. The arguments are
 * those of delivery_ack. The result is that of extend, about deliveries.
 */
create or replace function sluice.delivery_extend(
	p_topic bigint,
	p_seq bigint[],
	p_tries integer[],
	p_base boolean[],
	p_dlq boolean[],
	p_group text[],
	p_group_id bigint[],
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
		select u.seq, u.tries, u.base, u.dlq, u.name,
			u.group_id as given_to, g.group_id, u.vt_ms, u.item
		from unnest(p_seq, p_tries, p_base, p_dlq, p_group,
			p_group_id, p_vt_ms)
			with ordinality
			as u (seq, tries, base, dlq, name, group_id, vt_ms,
				item)
		left join sluice.consumer_groups g
		on g.topic_id = p_topic
		and g.name = u.name
		and g.state = 1
		and (u.tries is null or g.group_id = u.group_id)
		order by u.seq, u.item
	loop
		item := v_extend.item;
		update sluice.deliveries d
		set visible_at = v_now + v_extend.vt_ms * interval '1 ms'
		where d.topic_id = p_topic
		and d.seq = v_extend.seq
		and d.group_id = v_extend.group_id
		and d.status = 1
		and (v_extend.tries is null or d.tries = v_extend.tries)
		and v_extend.base
		returning d.seq, d.tries, d.visible_at
		into seq, tries, visible_at;
		if found then
			return next;
			continue;
		end if;

		-- A dead letter of the group has no deliveries.
		continue when v_extend.given_to > 0;
		perform
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_extend.seq
		and m.dlq
		and m.consumer_group = v_extend.name;
		continue when not found;
		return query
		select v_extend.item::integer, e.seq, e.tries, e.visible_at
		from sluice.extend(p_topic, array[v_extend.seq],
			array[v_extend.tries], array[false],
			array[v_extend.dlq], array[v_extend.vt_ms]) e;
	end loop;
end
$$;
