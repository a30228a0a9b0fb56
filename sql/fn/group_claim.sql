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
	v_twice boolean;
	v_served bigint;
	v_group record;
begin
	select g.status, g.incarnation
	into v_group
	from sluice.group_open(p_stream, p_name, p_consumer) g;
	status := v_group.status;
	return next;
	if v_group.status <> 0 then
		return;
	end if;
	if v_at_ms < 0 or v_at_ms > v_now_ms then
		v_at_ms := v_now_ms;
	end if;
	v_at := timestamptz 'epoch' + v_at_ms * interval '1 ms';
	v_before := case when p_min_idle > v_now_ms then '-infinity'
		else timestamptz 'epoch'
			+ (v_now_ms - p_min_idle + 1) * interval '1 ms' end;
	v_twice := v_now_ms - v_at_ms >= p_min_idle;

	update sluice.consumers c
	set last_id = p_last_id
	where c.stream_id = p_stream
	and c.incarnation = v_group.incarnation
	and c.consumer = p_consumer
	and c.last_id < p_last_id;

	return query
	with asked as (
		select u.id, u.place,
			row_number() over (partition by u.id order by u.place)
				as nth,
			count(*) over (partition by u.id) as times
		from unnest(p_id) with ordinality as u (id, place)
	), looked as materialized (
		select a.id, a.place, a.nth,
			case when v_twice then a.times else 1 end as times,
			coalesce(h.deliveries, 1) as deliveries,
			h.id is not null as held,
			e.id is not null as there,
			case when p_just_id then 0 else octet_length(e.data)
				end as bytes,
			coalesce(h.delivered_at < v_before, p_force)
				and (a.nth = 1 or v_twice) as ripe
		from asked a
		left join sluice.pending h
		on h.stream_id = p_stream
		and h.incarnation = v_group.incarnation
		and h.consumer = p_consumer
		and h.id = a.id
		left join sluice.entries e
		on e.stream_id = p_stream
		and e.incarnation = v_group.incarnation
		and e.id = a.id
		and e.seq >= (
			select s.first_seq
			from sluice.streams s
			where s.stream_id = p_stream)
	), weighed as materialized (
		select l.id, l.place, l.nth, l.times, l.deliveries, l.held,
			sum(l.bytes) over (order by l.place) - l.bytes
				as bytes_before
		from looked l
		where l.there
		and l.ripe
	), dropped as (
		delete from sluice.pending h
		using (
			select l.id
			from looked l
			where l.held
			and not l.there
			and l.nth = 1
			order by l.id
		) g
		where h.stream_id = p_stream
		and h.incarnation = v_group.incarnation
		and h.consumer = p_consumer
		and h.id = g.id
	), taken as materialized (
		select w.id, w.held,
			case
				when p_deliveries is not null then p_deliveries
				when p_just_id then w.deliveries
				else least(w.deliveries, c_max - w.times)
					+ w.times
				end as deliveries
		from weighed w
		where w.nth = 1
		and w.bytes_before < p_bytes_max
	), moved as (
		update sluice.pending h
		set owner = p_member,
			delivered_at = v_at,
			deliveries = t.deliveries
		from (
			select k.id, k.deliveries
			from taken k
			where k.held
			order by k.id
		) t
		where h.stream_id = p_stream
		and h.incarnation = v_group.incarnation
		and h.consumer = p_consumer
		and h.id = t.id
	), forced as (
		insert into sluice.pending (stream_id, incarnation, consumer,
			id, owner, delivered_at, deliveries)
		select p_stream, v_group.incarnation, p_consumer, t.id,
			p_member, v_at, t.deliveries
		from taken t
		where not t.held
		order by t.id
	)
	select null::smallint, w.id, e.fields, e.data
	from weighed w
	left join sluice.entries e
	on e.stream_id = p_stream
	and e.incarnation = v_group.incarnation
	and e.id = w.id
	and not p_just_id
	where w.bytes_before < p_bytes_max
	order by w.place;
	get diagnostics v_served = row_count;

	perform sluice.member_seen(p_stream, v_group.incarnation, p_consumer,
		p_member, v_now, v_served > 0);
end
$$;
