/*
 * Mark messages of all topics whose time is up as expired, p_batch of them at
 * most. What others have locked is left for the next time. Says how many.
 */
create or replace function sluice.reap_expire(
	p_batch bigint)
returns bigint
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_count bigint := 0;
	v_late record;
begin
	for v_late in
		select l.topic_id, l.seq
		from sluice.topics t
		cross join lateral (
			select m.topic_id, m.seq
			from sluice.messages m
			where m.topic_id = t.topic_id
			and m.expires_at <= v_now
			and m.status < 3
			order by m.expires_at
			limit p_batch
			for update skip locked
		) l
		limit p_batch
	loop
		update sluice.messages m
		set status = 4,
			visible_at = null
		where m.topic_id = v_late.topic_id
		and m.seq = v_late.seq;
		v_count := v_count + 1;
	end loop;
	return v_count;
end
$$;
