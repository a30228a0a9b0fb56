/*
 * End the wake of a subscription whose row the caller has locked, having
 * acked what the wake told of if p_ack, and begin the next if anything is
 * pending. True when one has begun.
 */
create or replace function sluice.subscription_end_wake(
	p_id text,
	p_ack boolean)
returns boolean
language plpgsql
as $$
begin
	update sluice.subscription_streams l
	set acked_incarnation = case
			when not p_ack
				or l.acked_incarnation > l.wake_incarnation
			then l.acked_incarnation
			else l.wake_incarnation end,
		acked_seq = case
			when not p_ack
				or l.acked_incarnation > l.wake_incarnation
			then l.acked_seq
			when l.acked_incarnation = l.wake_incarnation
			then greatest(l.acked_seq, l.wake_seq)
			else l.wake_seq end,
		wake_incarnation = null,
		wake_seq = null
	where l.subscription_id = p_id
	and l.wake_seq is not null;
	update sluice.subscriptions b
	set wake_id = null,
		woken_by = null,
		holder = null,
		lease_until = null,
		attempt_at = case when b.attempts > 0 then b.attempt_at end,
		due_at = b.look_at
	where b.subscription_id = p_id;
	return sluice.subscription_wake(p_id);
end
$$;
