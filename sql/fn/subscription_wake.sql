/*
 * Begin a wake of an idle subscription whose row the caller has locked, if
 * anything is pending. A worker that has failed is not called sooner for it.
 */
create or replace function sluice.subscription_wake(
	p_id text)
returns boolean
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_wake constant text := 'w_' || replace(gen_random_uuid()::text, '-',
		'');
	v_first text;
begin
	select min(l.name)
	into v_first
	from sluice.subscription_links l
	where l.subscription_id = p_id
	and l.pending;
	if v_first is null then
		return false;
	end if;
	update sluice.subscription_streams t
	set wake_incarnation = l.incarnation,
		wake_seq = l.tail_seq
	from sluice.subscription_links l
	where l.subscription_id = p_id
	and l.pending
	and t.subscription_id = p_id
	and t.name = l.name;
	update sluice.subscriptions b
	set generation = b.generation + 1,
		wake_id = v_wake,
		woken_by = v_first,
		holder = null,
		lease_until = null,
		attempt_at = greatest(v_now, case when b.attempts > 0
			then b.attempt_at end),
		due_at = greatest(v_now, case when b.attempts > 0
			then b.attempt_at end)
	where b.subscription_id = p_id;
	return true;
end
$$;
