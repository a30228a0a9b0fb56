/*
 * XAUTOCLAIM: walk what is pending in a group from p_start on, and give what
 * was delivered at least p_min_idle milliseconds ago to a member. It ends
 * behind p_count entries that were claimed or gone, behind p_look entries, or
 * when the sum of the bytes that are read has passed p_bytes_max.
 *
 * What is pending and gone from the stream is no longer pending. The first
 * row is no entry: its status is that of sluice.group_open(), and its id that
 * of the entry where to go on, null at the end. The others are what was
 * claimed, in order, and then the ids of what is `gone`, in order.
 */
create or replace function sluice.group_autoclaim(
	p_stream bigint,
	p_name text,
	p_consumer text,
	p_member text,
	p_start bytea,
	p_min_idle bigint,
	p_count bigint,
	p_look bigint,
	p_just_id boolean,
	p_bytes_max bigint)
returns table (
	status smallint,
	id bytea,
	fields boolean,
	data bytea,
	gone boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_now_ms constant bigint := floor(extract(epoch from v_now) * 1000);
	v_before timestamptz;	-- what was delivered by then is idle enough
	v_claimed bytea[] := '{}';
	v_gone bytea[] := '{}';
	v_looked bigint := 0;
	v_last bytea;
	v_bytes bigint := 0;
	v_group record;
	v_row record;
begin
	select g.status, g.incarnation
	into v_group
	from sluice.group_open(p_stream, p_name, p_consumer) g;
	status := v_group.status;
	if v_group.status <> 0 then
		return next;
		return;
	end if;
	v_before := case when p_min_idle > v_now_ms then '-infinity'
		else timestamptz 'epoch'
			+ (v_now_ms - p_min_idle + 1) * interval '1 ms' end;
	for v_row in
		select h.id, h.delivered_at < v_before as ripe,
			e.bytes is not null as there, e.bytes
		from sluice.pending h
		left join lateral (
			select octet_length(l.data) as bytes
			from sluice.entries l
			where l.stream_id = p_stream
			and l.incarnation = v_group.incarnation
			and l.id = h.id
			offset 0
		) e
		on true
		where h.stream_id = p_stream
		and h.incarnation = v_group.incarnation
		and h.consumer = p_consumer
		and h.id >= p_start
		order by h.id
		limit p_look + 1
	loop
		if v_looked = p_look
			or cardinality(v_claimed) + cardinality(v_gone)
				= p_count
			or v_bytes >= p_bytes_max then
			id := v_row.id;
			exit;
		end if;
		v_looked := v_looked + 1;
		v_last := v_row.id;
		if not v_row.there then
			v_gone := v_gone || v_row.id;
		elsif v_row.ripe then
			v_claimed := v_claimed || v_row.id;
			v_bytes := v_bytes + case when p_just_id then 0
				else v_row.bytes end;
		end if;
	end loop;
	return next;

	-- The bounds keep any plan from reading all that is pending.
	delete from sluice.pending h
	where h.stream_id = p_stream
	and h.incarnation = v_group.incarnation
	and h.consumer = p_consumer
	and h.id >= p_start
	and h.id <= v_last
	and h.id = any (v_gone);
	update sluice.pending h
	set owner = p_member,
		delivered_at = v_now,
		deliveries = case when p_just_id then h.deliveries
			else least(h.deliveries, 9223372036854775806) + 1 end
	where h.stream_id = p_stream
	and h.incarnation = v_group.incarnation
	and h.consumer = p_consumer
	and h.id >= p_start
	and h.id <= v_last
	and h.id = any (v_claimed);
	perform sluice.member_seen(p_stream, v_group.incarnation, p_consumer,
		p_member, v_now, cardinality(v_claimed) > 0);

	return query
	select null::smallint, u.id, e.fields, e.data, false
	from unnest(v_claimed) with ordinality as u (id, place)
	left join lateral (
		select l.id, l.fields, l.data
		from sluice.entries l
		where l.stream_id = p_stream
		and l.incarnation = v_group.incarnation
		and l.id = u.id
		offset 0
	) e
	on not p_just_id
	where p_just_id
	or e.id is not null
	order by u.place;
	return query
	select null::smallint, u.id, null::boolean, null::bytea, true
	from unnest(v_gone) as u (id);
end
$$;
