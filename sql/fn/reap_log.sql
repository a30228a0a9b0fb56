/*
 * Forget up to about p_batch of what was acknowledged longer ago than its
 * topic can be replayed. A topic without a replay window, and one that is no
 * longer replayable, keeps what it has. Says how many, and whether there may
 * be more.
 */
create or replace function sluice.reap_log(
	p_batch bigint,
	out deleted bigint,
	out more boolean)
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_log record;
	v_trimmed record;
begin
	deleted := 0;
	more := false;
	for v_log in
		select c.topic_id, d.dlq,
			v_now - c.replay_window_seconds * interval '1 s'
				as before
		from sluice.topic_configs c
		cross join (values (false), (true)) as d (dlq)
		where c.replayable
		and c.replay_window_seconds > 0
		order by c.topic_id, d.dlq
	loop
		select t.deleted, t.more
		into v_trimmed
		from sluice.trim_log(v_log.topic_id, v_log.dlq, v_log.before,
			p_batch - deleted) t;
		deleted := deleted + v_trimmed.deleted;
		more := v_trimmed.more or deleted >= p_batch;
		exit when more;
	end loop;
end
$$;
