/*
 * Bring up to p_n dead letters back to their topic, oldest first, to be
 * delivered at once with p_max_retries. Those that are being processed, are
 * expired or are locked stay. With p_group only the dead letters of that
 * consumer group come back. They are pending for the groups as after requeue.
 *
 * Says how many came back, and on which channels consumers of groups wait for
 * them, or null.
 */
create or replace function sluice.redrive(
	p_topic bigint,
	p_n integer,
	p_max_retries integer,
	p_group text,
	out count bigint,
	out channels bigint[])
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_seqs bigint[];
	v_seq bigint;
	v_owner text;
	v_keys text[];
	v_keyed bigint[];
begin
	count := 0;
	if p_group is null then
		select array_agg(f.seq)
		into v_seqs
		from (
			select m.seq
			from sluice.messages m
			where m.topic_id = p_topic
			and m.dlq
			and (m.status = 2
				or (m.status = 1 and m.visible_at <= v_now))
			and (m.expires_at is null or m.expires_at > v_now)
			order by m.seq
			limit p_n
			for update skip locked
		) f;
	else
		select array_agg(f.seq)
		into v_seqs
		from (
			select m.seq
			from sluice.messages m
			where m.topic_id = p_topic
			and m.consumer_group = p_group
			and m.visible_at is not null
			and m.dlq
			and (m.status = 2
				or (m.status = 1 and m.visible_at <= v_now))
			and (m.expires_at is null or m.expires_at > v_now)
			order by m.visible_at, m.seq
			limit p_n
			for update skip locked
		) f;
	end if;

	-- Where keys are ordered, those that have one take their turn.
	if exists (
		select
		from sluice.topic_configs c
		where c.topic_id = p_topic
		and c.ordered) then
		select array_agg(m.seq), array_agg(m.key)
		into v_keyed, v_keys
		from unnest(v_seqs) as u (seq)
		cross join lateral (
			select n.seq, n.key
			from sluice.messages n
			where n.topic_id = p_topic
			and n.seq = u.seq
			offset 0
		) m
		where m.key is not null;
		perform sluice.fall_in(p_topic, v_keyed, v_keys);
	end if;

	foreach v_seq in array coalesce(v_seqs, '{}') loop
		select m.consumer_group
		into v_owner
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_seq;
		update sluice.messages m
		set status = 2,
			visible_at = case when v_seq = any (v_keyed)
				then 'infinity' else v_now end,
			retries = 0,
			max_retries = p_max_retries,
			dlq = false,
			dlq_moved_at = null,
			consumer_group = null
		where m.topic_id = p_topic
		and m.seq = v_seq;
		channels := nullif(array(
			select unnest(channels)
			union
			select unnest(sluice.fan_out(p_topic, array[v_seq],
				false, v_owner))), '{}');
		count := count + 1;
	end loop;
	if v_keys is not null then
		perform sluice.release(p_topic, v_keys);
	end if;
end
$$;
