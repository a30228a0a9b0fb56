/*
 * Bring up to p_n dead letters back to their topic, oldest first, to be
 * delivered at once with p_max_retries. Those that are being processed, are
 * expired or are locked stay. Says how many came back.
 */
create or replace function sluice.redrive(
	p_topic bigint,
	p_n integer,
	p_max_retries integer)
returns bigint
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_count bigint := 0;
	v_seq bigint;
begin
	for v_seq in
		select m.seq
		from sluice.messages m
		where m.topic_id = p_topic
		and m.dlq
		and m.status = 2
		and (m.expires_at is null or m.expires_at > v_now)
		order by m.seq
		limit p_n
		for update skip locked
	loop
		update sluice.messages m
		set visible_at = v_now,
			retries = 0,
			max_retries = p_max_retries,
			dlq = false,
			dlq_moved_at = null
		where m.topic_id = p_topic
		and m.seq = v_seq;
		v_count := v_count + 1;
	end loop;
	return v_count;
end
$$;
