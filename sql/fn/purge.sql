/*
 * Delete up to p_batch messages of a topic, or of its dead letters, that are
 * in one of the states given. What others have locked is waited for, and
 * deleted if it is in such a state then.
 *
 * Says how many were deleted, and whether there may be more.
 */
create or replace function sluice.purge(
	p_topic bigint,
	p_dlq boolean,
	p_statuses integer[],
	p_batch bigint,
	out deleted bigint,
	out more boolean)
language plpgsql
as $$
declare
	v_seqs bigint[];
	v_seq bigint;
	v_key text;
	v_ended text[];	-- keys whose line may go on
	v_shared boolean;
begin
	-- Each kind of state is found in an index of its own.
	select array_agg(f.seq order by f.seq)
	into v_seqs
	from (
		(select m.seq
		from sluice.messages m
		where m.topic_id = p_topic
		and m.status = 0
		and 0 = any (p_statuses)
		and not p_dlq
		limit p_batch)
		union all
		(select m.seq
		from sluice.messages m
		where m.topic_id = p_topic
		and m.dlq = p_dlq
		and m.visible_at is not null
		and m.status = any (p_statuses)
		limit p_batch)
		union all
		(select m.seq
		from sluice.messages m
		where m.topic_id = p_topic
		and m.dlq = p_dlq
		and m.status >= 3
		and m.status = any (p_statuses)
		limit p_batch)
		limit p_batch
	) f;

	deleted := 0;
	more := coalesce(cardinality(v_seqs), 0) >= p_batch;
	foreach v_seq in array coalesce(v_seqs, '{}') loop
		delete from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_seq
		and m.dlq = p_dlq
		and m.status = any (p_statuses)
		returning m.key
		into v_key;
		continue when not found;
		deleted := deleted + 1;
		if v_key is not null then
			v_ended := array_append(v_ended, v_key);
		end if;

		-- As in ack: asked after a message was locked.
		if v_shared is null then
			v_shared := exists (
				select
				from sluice.consumer_groups g
				where g.topic_id = p_topic);
		end if;
		if v_shared then
			delete from sluice.deliveries d
			where d.topic_id = p_topic
			and d.seq = v_seq;
		end if;
	end loop;
	perform sluice.release_all(p_topic, v_ended);
end
$$;
