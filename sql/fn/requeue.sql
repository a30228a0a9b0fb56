/*
 * Bring one dead letter back to its topic, to be delivered at once with
 * p_max_retries. It keeps its last error and its expiry; a delivery of the
 * dead letter that is under way can no longer be acked.
 *
 * It is pending for every consumer group of the topic; that of one group is
 * so for that group alone, if there still is one.
 *
 * channels are where the consumers of these groups wait, or null. The outcome
 * is 'requeued', 'missing', 'not_dlq', or 'expired' for one whose time is
 * up, which would never be delivered.
 */
create or replace function sluice.requeue(
	p_topic bigint,
	p_seq bigint,
	p_max_retries integer,
	out outcome text,
	out channels bigint[])
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_dlq boolean;
	v_expired boolean;
	v_group text;
	v_key text;
	v_visible_at timestamptz := v_now;
begin
	select m.dlq, m.status = 4 or coalesce(m.expires_at <= v_now, false),
		m.consumer_group, m.key
	into v_dlq, v_expired, v_group, v_key
	from sluice.messages m
	where m.topic_id = p_topic
	and m.seq = p_seq
	for update;

	if not found then
		outcome := 'missing';
		return;
	elsif not v_dlq then
		outcome := 'not_dlq';
		return;
	elsif v_expired then
		outcome := 'expired';
		return;
	end if;

	-- Among others of its key it takes its turn.
	if v_key is not null and exists (
		select
		from sluice.topic_configs c
		where c.topic_id = p_topic
		and c.ordered) then
		perform sluice.fall_in(p_topic, array[p_seq], array[v_key]);
		v_visible_at := 'infinity';
	end if;

	update sluice.messages m
	set status = 2,
		visible_at = v_visible_at,
		retries = 0,
		max_retries = p_max_retries,
		dlq = false,
		dlq_moved_at = null,
		consumer_group = null
	where m.topic_id = p_topic
	and m.seq = p_seq;
	outcome := 'requeued';
	channels := sluice.fan_out(p_topic, array[p_seq], false, v_group);
	if v_visible_at = 'infinity' then
		perform sluice.release(p_topic, array[v_key]);
	end if;
end
$$;
