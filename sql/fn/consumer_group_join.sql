/*
 * Give a group that joins deliveries of messages that are there already: of
 * the next p_batch of the topic, by seq, those that are pending or processed.
 * What a plain consumer has is due for the group when that delivery ends.
 * Messages above p_last have come later, and have their deliveries; null is
 * the highest there is, and last says which that was.
 *
 * When there are no more the group is registered. The outcome is 'joining',
 * 'registered', or 'gone' when it was unregistered meanwhile.
 */
create or replace function sluice.consumer_group_join(
	p_topic bigint,
	p_group bigint,
	p_last bigint,
	p_batch bigint,
	out outcome text,
	out last bigint)
language plpgsql
as $$
declare
	v_from bigint;
	v_state smallint;
	v_end bigint;
	v_ordered boolean;
	v_seqs bigint[];
	v_keys text[];
begin
	last := p_last;
	if last is null then
		select m.seq
		into last
		from sluice.messages m
		where m.topic_id = p_topic
		order by m.seq desc
		limit 1;
	end if;

	select g.joined_seq, g.state
	into v_from, v_state
	from sluice.consumer_groups g
	where g.topic_id = p_topic
	and g.group_id = p_group
	for update;
	if not found or v_state = 2 then
		outcome := 'gone';
		return;
	elsif v_state = 1 then
		outcome := 'registered';
		return;
	end if;

	select max(w.seq)
	into v_end
	from (
		select m.seq
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq > v_from
		and m.seq <= last
		order by m.seq
		limit p_batch
	) w;

	select c.ordered
	into v_ordered
	from sluice.topic_configs c
	where c.topic_id = p_topic;

	-- Held, so that nobody removes a message whose delivery he cannot see.
	with held as materialized (
		select m.seq, m.status, m.visible_at,
			case when v_ordered then m.key end as key
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq > v_from
		and m.seq <= v_end
		and m.status < 3
		and not m.dlq
		order by m.seq
		for key share
	), given as (
		insert into sluice.deliveries (topic_id, seq, group_id, status,
			visible_at, key)
		select p_topic, h.seq, p_group,
			case when h.status = 0 and h.key is null then 0
				else 2 end,
			case when h.key is null then h.visible_at
				else 'infinity' end,
			h.key
		from held h
		on conflict do nothing
	)
	select array_agg(h.seq), array_agg(h.key)
	into v_seqs, v_keys
	from held h
	where h.key is not null;
	if v_keys is not null then
		perform sluice.line_up(p_topic, p_group, v_seqs, v_keys);
	end if;

	update sluice.consumer_groups g
	set joined_seq = coalesce(v_end, g.joined_seq),
		state = case when v_end is null then 1 else 0 end
	where g.topic_id = p_topic
	and g.group_id = p_group;
	outcome := case when v_end is null then 'registered'
		else 'joining' end;
end
$$;
