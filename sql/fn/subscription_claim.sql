/*
 * A worker claims the wake of a pull-wake subscription, or what would be its
 * next wake: it may have come before the dispatcher. One row; its status:
 *
 *	0  claimed
 *	1  there is no such subscription
 *	2  it is no pull-wake
 *	3  `holder` has it
 *	4  nothing is pending
 */
create or replace function sluice.subscription_claim(
	p_id text,
	p_worker text,
	out status smallint,
	out birth uuid,
	out generation bigint,
	out wake_id text,
	out holder text,
	out lease_ttl_ms integer)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_row record;
	v_pending boolean;
begin
	select b.kind, b.birth, b.generation, b.wake_id, b.holder,
		b.lease_until, b.lease_ttl_ms
	into v_row
	from sluice.subscriptions b
	where b.subscription_id = p_id
	for no key update;
	if not found then
		status := 1;
		return;
	end if;
	birth := v_row.birth;
	generation := v_row.generation;
	lease_ttl_ms := v_row.lease_ttl_ms;
	if v_row.kind <> 'pull-wake' then
		status := 2;
		return;
	elsif v_row.lease_until > v_now then
		status := 3;
		holder := v_row.holder;
		return;
	elsif v_row.holder is not null then
		v_pending := sluice.subscription_end_wake(p_id, false);
	elsif v_row.wake_id is null then
		v_pending := sluice.subscription_wake(p_id);
	else
		select coalesce(bool_or(l.pending), false)
		into v_pending
		from sluice.subscription_links l
		where l.subscription_id = p_id;
	end if;
	if not v_pending then
		status := 4;
		return;
	end if;
	update sluice.subscriptions b
	set holder = p_worker,
		lease_until = v_now + b.lease_ttl_ms * interval '1 ms',
		attempts = 0,
		attempt_at = null,
		due_at = least(b.look_at,
			v_now + b.lease_ttl_ms * interval '1 ms')
	where b.subscription_id = p_id
	returning b.generation, b.wake_id, b.holder
	into generation, wake_id, holder;
	status := 0;
end
$$;
