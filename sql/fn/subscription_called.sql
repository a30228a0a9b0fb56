/*
 * What became of the last call of the webhook: p_ok if the answer was a good
 * one, p_done if it said that the work is done, which acks what the wake told
 * of. A wake that has begun since the call was waiting for its end: it is
 * told of now, or after a pause. True: look at it again, now.
 */
create or replace function sluice.subscription_called(
	p_id text,
	p_birth uuid,
	p_generation bigint,
	p_ok boolean,
	p_done boolean)
returns boolean
language plpgsql
as $$
declare
	v_row record;
	v_at timestamptz := clock_timestamp();
begin
	select b.generation, b.wake_id, b.attempts
	into v_row
	from sluice.subscriptions b
	where b.subscription_id = p_id
	and b.birth = p_birth
	for no key update;
	if not found or v_row.wake_id is null and not p_ok then
		return false;
	end if;
	if p_ok then
		update sluice.subscriptions b
		set attempts = 0
		where b.subscription_id = p_id;
		if v_row.wake_id is null then
			return false;
		elsif v_row.generation = p_generation and p_done then
			return sluice.subscription_end_wake(p_id, true);
		elsif v_row.generation = p_generation then
			v_at := null;
		end if;
	else
		v_at := v_at + sluice.subscription_pause(v_row.attempts + 1);
		update sluice.subscriptions b
		set attempts = b.attempts + 1
		where b.subscription_id = p_id;
	end if;
	update sluice.subscriptions b
	set attempt_at = v_at,
		due_at = least(b.look_at, b.lease_until, v_at)
	where b.subscription_id = p_id;
	return p_ok and v_at is not null;
end
$$;
