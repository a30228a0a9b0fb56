/*
 * Whatever is due for a subscription. A lease that has run out is ended, new
 * streams of the pattern are found, a wake begins when something is pending,
 * and the worker is told of it: by an event in the wake stream, here; by a
 * call of the webhook, which is the caller's to make within p_call_ms: after
 * that, nobody knows what became of it, and it is made again.
 *
 * The result is nothing when the subscription has gone, else one row. full_up
 * says that more streams fit the pattern than there may be. The status:
 *
 *	0  nothing more to do
 *	1  somebody has the row: come again
 *	2  call the webhook
 *	3  the wake stream has a new entry: wake its readers
 *	4  the wake stream did not take the event; it is tried again
 */
create or replace function sluice.subscription_turn(
	p_id text,
	p_call_ms integer,
	p_look_ms integer,
	p_streams_max integer)
returns table (
	status smallint,
	full_up boolean,
	birth uuid,
	generation bigint,
	wake_id text,
	webhook_url text,
	wake_stream text,
	origin text)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_row record;
	v_event bytea;
	v_told boolean;
begin
	full_up := false;
	select b.wake_id, b.lease_until, b.look_at, b.kind
	into v_row
	from sluice.subscriptions b
	where b.subscription_id = p_id
	for no key update skip locked;
	if not found then
		status := 1;
		perform
		from sluice.subscriptions b
		where b.subscription_id = p_id;
		if found then
			return next;
		end if;
		return;
	end if;

	if v_row.look_at <= v_now then
		full_up := not sluice.subscription_find(p_id, false,
			p_streams_max);
		update sluice.subscriptions b
		set look_at = v_now + p_look_ms * interval '1 ms'
		where b.subscription_id = p_id;
	end if;
	if v_row.wake_id is null then
		perform sluice.subscription_wake(p_id);
	elsif v_row.lease_until <= v_now then
		perform sluice.subscription_end_wake(p_id, false);
	end if;

	select b.birth, b.generation, b.wake_id, b.webhook_url,
		b.wake_stream, b.origin, b.woken_by, b.attempt_at, b.kind,
		b.lease_ttl_ms, b.attempts
	into v_row
	from sluice.subscriptions b
	where b.subscription_id = p_id;
	status := 0;
	if v_row.wake_id is not null and v_row.attempt_at <= clock_timestamp()
	then
		birth := v_row.birth;
		generation := v_row.generation;
		wake_id := v_row.wake_id;
		webhook_url := v_row.webhook_url;
		wake_stream := v_row.wake_stream;
		origin := v_row.origin;
		status := 2;
		if v_row.kind = 'webhook' then
			update sluice.subscriptions b
			set attempt_at = v_now + p_call_ms * interval '1 ms',
				lease_until = v_now
					+ b.lease_ttl_ms * interval '1 ms'
			where b.subscription_id = p_id;
		else
			v_event := convert_to(json_build_object(
				'type', 'wake',
				'subscription_id', p_id,
				'stream', v_row.woken_by,
				'generation', v_row.generation,
				'ts', floor(extract(epoch from v_now) * 1000)
					::bigint)::text, 'UTF8');
			select coalesce(bool_or(a.status = 0), false)
			into v_told
			from sluice.streams s
			cross join lateral sluice.append_turn(s.stream_id,
				s.name, array[v_event], null,
				array[s.media_type],
				array[octet_length(v_event)::bigint], null,
				null, null, null, null, null, null) a
			where s.stream_id = sluice.stream_id(v_row.wake_stream)
			and s.name = v_row.wake_stream;
			status := case when v_told then 3 else 4 end;
			update sluice.subscriptions b
			set attempts = case when v_told then 0
					else b.attempts + 1 end,
				attempt_at = case when not v_told then v_now
					+ sluice.subscription_pause(
						b.attempts + 1) end
			where b.subscription_id = p_id;
		end if;
	end if;
	update sluice.subscriptions b
	set due_at = least(b.look_at, b.lease_until, b.attempt_at)
	where b.subscription_id = p_id
	and b.due_at <> least(b.look_at, b.lease_until, b.attempt_at);
	return next;
end
$$;
