/*
 * Bring one dead letter back to its topic, to be delivered at once with
 * p_max_retries. It keeps its last error and its expiry; a delivery of the
 * dead letter that is under way can no longer be acked.
 *
 * Says 'requeued', 'missing', 'not_dlq', or 'expired' for one whose time is
 * up, which would never be delivered.
 */
create or replace function sluice.requeue(
	p_topic bigint,
	p_seq bigint,
	p_max_retries integer)
returns text
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_dlq boolean;
	v_expired boolean;
begin
	select m.dlq, m.status = 4 or coalesce(m.expires_at <= v_now, false)
	into v_dlq, v_expired
	from sluice.messages m
	where m.topic_id = p_topic
	and m.seq = p_seq
	for update;

	if not found then
		return 'missing';
	elsif not v_dlq then
		return 'not_dlq';
	elsif v_expired then
		return 'expired';
	end if;

	update sluice.messages m
	set status = 2,
		visible_at = v_now,
		retries = 0,
		max_retries = p_max_retries,
		dlq = false,
		dlq_moved_at = null
	where m.topic_id = p_topic
	and m.seq = p_seq;
	return 'requeued';
end
$$;
