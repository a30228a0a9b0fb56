/*
 * Remove up to p_batch deliveries of a group that was unregistered. A message
 * that only this group still had to acknowledge goes with its delivery, as the
 * others have done so; when there are no others it stays pending.
 *
 * Says how many were removed, and whether there may be more.
 */
create or replace function sluice.consumer_group_clear(
	p_topic bigint,
	p_group bigint,
	p_batch bigint,
	out removed bigint,
	out more boolean)
language plpgsql
as $$
declare
	v_seqs bigint[];
	v_seq bigint;
	v_others boolean;
	v_replayable boolean;
	v_key text;
	v_held text[];	-- keys of the messages that were locked
begin
	-- Each kind of state is found in an index of its own.
	select array_agg(f.seq order by f.seq)
	into v_seqs
	from (
		(select d.seq
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.group_id = p_group
		and d.status = 0
		order by d.seq
		limit p_batch)
		union all
		(select d.seq
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.group_id = p_group
		and d.visible_at is not null
		order by d.visible_at, d.seq
		limit p_batch)
		union all
		(select d.seq
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.group_id = p_group
		and d.status = 3
		order by d.seq
		limit p_batch)
		limit p_batch
	) f;

	removed := 0;
	more := coalesce(cardinality(v_seqs), 0) >= p_batch;
	foreach v_seq in array coalesce(v_seqs, '{}') loop
		select m.key
		into v_key
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_seq
		for update;
		if v_key is not null then
			v_held := array_append(v_held, v_key);
		end if;
		delete from sluice.deliveries d
		where d.topic_id = p_topic
		and d.seq = v_seq
		and d.group_id = p_group;
		continue when not found;
		removed := removed + 1;

		-- Asked after a message was locked, as in ack.
		if v_others is null then
			v_others := exists (
				select
				from sluice.consumer_groups g
				where g.topic_id = p_topic
				and g.state = 1);
			v_replayable := exists (
				select
				from sluice.topic_configs c
				where c.topic_id = p_topic
				and c.replayable);
		end if;
		if v_others then
			perform sluice.finish_message(p_topic, v_seq,
				v_replayable);
		end if;
	end loop;
	perform sluice.release_all(p_topic, v_held);
end
$$;
