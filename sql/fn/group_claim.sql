/*
 * XCLAIM: give entries that are pending to a member, whoever has them.
 *
 *	p_id		the entries; one that comes twice is claimed twice
 *	p_min_idle	milliseconds since their delivery, at least
 *	p_at_ms		when they shall have been delivered, in Unix
 *			milliseconds; null, in the future or negative: now
 *	p_ago_ms	the same, counted back from now; null: p_at_ms
 *	p_deliveries	how often; null: once more, or as often if p_just_id
 *	p_force		also entries that are not pending
 *	p_just_id	what is claimed is not to be read
 *	p_last_id	the group's place is there at least; null: as it is
 *	p_bytes_max	the sum of the bytes that are read passes it by at
 *			most one entry; what comes later is not claimed
 *
 * What is pending and gone from the stream is no longer pending. The first
 * row is no entry: its status is that of sluice.group_open(). The others are
 * what was claimed, in the order of p_id.
 */
create or replace function sluice.group_claim(
	p_stream bigint,
	p_name text,
	p_consumer text,
	p_member text,
	p_id bytea[],
	p_min_idle bigint,
	p_at_ms bigint,
	p_ago_ms bigint,
	p_deliveries bigint,
	p_force boolean,
	p_just_id boolean,
	p_last_id bytea,
	p_bytes_max bigint)
returns table (
	status smallint,
	id bytea,
	fields boolean,
	data bytea)
language plpgsql
as $$
#variable_conflict use_column
declare
	c_max constant bigint := 9223372036854775807;
	v_now constant timestamptz := clock_timestamp();
	v_now_ms constant bigint := floor(extract(epoch from v_now) * 1000);
	v_at_ms bigint := coalesce(v_now_ms - p_ago_ms, p_at_ms, v_now_ms);
	v_at timestamptz;
	v_before timestamptz;	-- what was delivered by then is idle enough
	v_bytes bigint := 0;
	v_got boolean := false;
	v_group record;
	v_held record;
	v_id bytea;
begin
	select g.status, g.incarnation
	into v_group
	from sluice.group_open(p_stream, p_name, p_consumer) g;
	status := v_group.status;
	return next;
	if v_group.status <> 0 then
		return;
	end if;
	status := null;
	if v_at_ms < 0 or v_at_ms > v_now_ms then
		v_at_ms := v_now_ms;
	end if;
	v_at := timestamptz 'epoch' + v_at_ms * interval '1 ms';
	v_before := case when p_min_idle > v_now_ms then '-infinity'
		else timestamptz 'epoch'
			+ (v_now_ms - p_min_idle + 1) * interval '1 ms' end;

	update sluice.consumers c
	set last_id = p_last_id
	where c.stream_id = p_stream
	and c.incarnation = v_group.incarnation
	and c.consumer = p_consumer
	and c.last_id < p_last_id;

	-- Who acknowledges locks them in order, too.
	for v_id in
		select distinct u.id
		from unnest(p_id) as u (id)
		order by u.id
	loop
		perform
		from sluice.pending h
		where h.stream_id = p_stream
		and h.incarnation = v_group.incarnation
		and h.consumer = p_consumer
		and h.id = v_id
		for update;
	end loop;

	foreach id in array p_id loop
		exit when v_bytes >= p_bytes_max;
		select h.delivered_at, h.deliveries
		into v_held
		from sluice.pending h
		where h.stream_id = p_stream
		and h.incarnation = v_group.incarnation
		and h.consumer = p_consumer
		and h.id = group_claim.id;
		select e.fields, e.data
		into fields, data
		from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = v_group.incarnation
		and e.id = group_claim.id;
		if not found then
			delete from sluice.pending h
			where h.stream_id = p_stream
			and h.incarnation = v_group.incarnation
			and h.consumer = p_consumer
			and h.id = group_claim.id;
			continue;
		end if;
		if v_held.delivered_at >= v_before
			or v_held.delivered_at is null and not p_force then
			continue;
		end if;
		insert into sluice.pending as h (stream_id, incarnation,
			consumer, id, owner, delivered_at, deliveries)
		values (p_stream, v_group.incarnation, p_consumer, id,
			p_member, v_at, coalesce(p_deliveries,
				least(coalesce(v_held.deliveries, 1), c_max - 1)
				+ case when p_just_id then 0 else 1 end))
		on conflict (stream_id, incarnation, consumer, id) do update
		set owner = excluded.owner,
			delivered_at = excluded.delivered_at,
			deliveries = excluded.deliveries;
		if p_just_id then
			fields := null;
			data := null;
		else
			v_bytes := v_bytes + octet_length(data);
		end if;
		v_got := true;
		return next;
	end loop;

	perform sluice.member_seen(p_stream, v_group.incarnation, p_consumer,
		p_member, v_now, v_got);
end
$$;
