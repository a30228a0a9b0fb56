/*
 * Give deliveries to consumer groups back as failed. The arguments are those
 * of delivery_ack and nack. A delivery becomes a dead letter of its group at
 * p_dead failures, or is failed, by the rules of delivery_settle; otherwise it
 * waits p_delay_ms (null: not at all). A dead letter of the group is given back
 * as any other.
 *
 * The result is that of nack, about deliveries.
 */
create or replace function sluice.delivery_nack(
	p_topic bigint,
	p_seq bigint[],
	p_tries integer[],
	p_base boolean[],
	p_dlq boolean[],
	p_group text[],
	p_group_id bigint[],
	p_error text[],
	p_delay_ms bigint[],
	p_dead integer)
returns table (
	item integer,
	seq bigint,
	tries integer,
	status smallint,
	dlq boolean,
	visible_at timestamptz,
	promoted boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_nack record;
	v_owner text;
	v_key text;
	v_held text[];	-- keys of the messages that were locked
begin
	for v_nack in
		select u.seq, u.tries, u.base, u.dlq, u.name, u.error,
			u.delay_ms, u.group_id as given_to, g.group_id, u.item
		from unnest(p_seq, p_tries, p_base, p_dlq, p_group,
			p_group_id, p_error, p_delay_ms)
			with ordinality
			as u (seq, tries, base, dlq, name, group_id, error,
				delay_ms, item)
		left join sluice.consumer_groups g
		on g.topic_id = p_topic
		and g.name = u.name
		and g.state = 1
		and (u.tries is null or g.group_id = u.group_id)
		order by u.seq, u.item
	loop
		select m.dlq, m.consumer_group, m.key
		into dlq, v_owner, v_key
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_nack.seq
		for update;
		continue when not found;
		if v_key is not null then
			v_held := array_append(v_held, v_key);
		end if;

		item := v_nack.item;
		if dlq then
			continue when not v_nack.dlq
				or v_nack.given_to > 0
				or v_owner is distinct from v_nack.name;
			select n.seq, n.tries, n.status, n.visible_at,
				n.promoted
			into seq, tries, status, visible_at,
				promoted
			from sluice.nack(p_topic, array[v_nack.seq],
				array[v_nack.tries], array[false],
				array[true], array[v_nack.error],
				array[v_nack.delay_ms], p_dead) n;
			continue when not found;
			return next;
			continue;
		end if;

		select d.seq, d.tries
		into seq, tries
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.seq = v_nack.seq
		and d.group_id = v_nack.group_id
		and d.status = 1
		and (v_nack.tries is null or d.tries = v_nack.tries)
		and v_nack.base
		for update;
		continue when not found;

		status := sluice.delivery_settle(p_topic, seq, v_nack.group_id,
			p_dead, v_nack.error, v_now);
		promoted := coalesce(status = 2, false);
		dlq := promoted;
		visible_at := case status when 2 then v_now end;
		if status is null then
			status := 2;
			visible_at := v_now + coalesce(v_nack.delay_ms, 0)
				* interval '1 ms';
			update sluice.deliveries d
			set status = 2,
				visible_at = delivery_nack.visible_at,
				retries = d.retries + 1,
				last_error = v_nack.error
			where d.topic_id = p_topic
			and d.seq = v_nack.seq
			and d.group_id = v_nack.group_id;
		end if;
		return next;
	end loop;
	if v_held is not null then
		return query
		select g.item, g.seq, null::integer, null::smallint,
			null::boolean, null::timestamptz, null::boolean
		from sluice.go_on(p_topic, v_held) g;
	end if;
end
$$;
