/*
 * Delete expired messages of all topics, p_batch of them at most. What others
 * have locked is left for the next time. Says how many.
 */
create or replace function sluice.reap_delete(
	p_batch bigint)
returns bigint
language plpgsql
as $$
declare
	v_count bigint := 0;
	v_expired record;
begin
	for v_expired in
		select e.topic_id, e.seq
		from sluice.topics t
		cross join lateral (
			select m.topic_id, m.seq
			from sluice.messages m
			where m.topic_id = t.topic_id
			and m.status >= 3
			and m.status = 4
			limit p_batch
			for update skip locked
		) e
		limit p_batch
	loop
		delete from sluice.messages m
		where m.topic_id = v_expired.topic_id
		and m.seq = v_expired.seq;
		v_count := v_count + 1;
	end loop;
	return v_count;
end
$$;
