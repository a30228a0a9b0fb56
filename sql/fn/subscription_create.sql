/*
 * Create a subscription, or compare it with what is there. One row; status:
 *
 *	0  created
 *	1  it was there, of the same configuration
 *	2  there is another one of that id
 *	3  more streams fit the pattern than there may be
 */
create or replace function sluice.subscription_create(
	p_id text,
	p_birth uuid,
	p_kind text,
	p_pattern text,
	p_matcher text,
	p_prefix text,
	p_webhook_url text,
	p_wake_stream text,
	p_lease_ttl_ms integer,
	p_description text,
	p_config_hash bytea,
	p_origin text,
	p_streams text[],
	p_look_ms integer,
	p_streams_max integer)
returns smallint
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_hash bytea;
	v_full boolean;
begin
	insert into sluice.subscriptions (subscription_id, birth, kind,
		pattern, matcher, prefix, webhook_url, wake_stream,
		lease_ttl_ms, description, config_hash, origin, look_at,
		due_at)
	values (p_id, p_birth, p_kind, p_pattern, p_matcher, p_prefix,
		p_webhook_url, p_wake_stream, p_lease_ttl_ms, p_description,
		p_config_hash, p_origin,
		v_now + p_look_ms * interval '1 ms', v_now)
	on conflict (subscription_id) do nothing;
	if not found then
		select b.config_hash
		into v_hash
		from sluice.subscriptions b
		where b.subscription_id = p_id;
		return case when v_hash = p_config_hash then 1 else 2 end;
	end if;
	perform sluice.subscription_link(p_id, p_streams);
	v_full := not sluice.subscription_find(p_id, true, p_streams_max);
	if v_full then
		delete from sluice.subscriptions b
		where b.subscription_id = p_id;
		return 3;
	end if;
	-- Streams that were created meanwhile are found once this is known.
	update sluice.subscriptions b
	set look_at = v_now
	where b.subscription_id = p_id;
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'subscriptions';
	return 0;
end
$$;
