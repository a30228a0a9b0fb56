/*
 * Delete messages of all topics that are marked as expired, p_batch of them
 * at most, after the place given: by topic, then its own messages before its
 * dead letters, then by seq. So no call walks what an earlier one has left of
 * the index. What others have locked is left for the next time.
 *
 * Says how many were deleted, and the place to go on after: null at the end.
 * What a crash undoes is done again, so nobody waits for a flush.
 */
create or replace function sluice.reap_messages(
	p_topic bigint,
	p_dlq boolean,
	p_seq bigint,
	p_batch bigint,
	out deleted bigint,
	out last_topic bigint,
	out last_dlq boolean,
	out last_seq bigint)
language plpgsql
as $$
declare
	v_end constant bigint := 9223372036854775807;
	v_budget bigint := p_batch;
	v_topic bigint;
	v_from_dlq boolean;
	v_from_seq bigint;
	v_walk record;
begin
	deleted := 0;
	perform set_config('synchronous_commit', 'off', true);
	for v_topic in
		select t.topic_id
		from sluice.topics t
		where t.topic_id >= p_topic
		-- Its end means all of that topic.
		and (t.topic_id > p_topic or p_seq < v_end)
		order by t.topic_id
		limit p_batch
	loop
		v_from_dlq := v_topic = p_topic and p_dlq;
		v_from_seq := case when v_topic = p_topic then p_seq
			else -1 end;
		select array_agg(f.seq order by f.seq) as seqs,
			count(*) as count,
			bool_or(f.dlq) as last_dlq,
			coalesce(max(f.seq) filter (where f.dlq),
				max(f.seq)) as last_seq
		into v_walk
		from (
			select m.dlq, m.seq
			from sluice.messages m
			where m.topic_id = v_topic
			and m.status = 4
			and (m.dlq, m.seq) > (v_from_dlq, v_from_seq)
			order by m.dlq, m.seq
			limit v_budget
			for update skip locked
		) f;
		if v_walk.count > 0 then
			delete from sluice.deliveries d
			where d.topic_id = v_topic
			and d.seq = any (v_walk.seqs);
			delete from sluice.messages m
			where m.topic_id = v_topic
			and m.seq = any (v_walk.seqs);
			deleted := deleted + v_walk.count;
		end if;
		last_topic := v_topic;
		if v_walk.count >= v_budget then
			last_dlq := v_walk.last_dlq;
			last_seq := v_walk.last_seq;
			return;
		end if;
		last_dlq := true;
		last_seq := v_end;
		v_budget := v_budget - v_walk.count - 1;
		exit when v_budget <= 0;
	end loop;
	if v_budget > 0 then
		last_topic := null;
		last_dlq := null;
		last_seq := null;
	end if;
end
$$;
