/*
 * Deliver a group's next entries, for several callers at once: first come,
 * first served, each entry to one of them. The group's row is locked by who
 * calls this (sluice.group_open).
 *
 * For each caller there is its name as a member, how many entries it wants,
 * none if that is 0, and whether it wants them without having to acknowledge
 * them. All of them get p_entries_max entries at most, and the sum of the
 * entries' bytes passes p_bytes_max by at most one entry.
 *
 * The rows are the entries in their order, whose owners the caller tells by
 * their counts. `more` is whether entries are left for others.
 */
create or replace function sluice.group_deliver(
	p_stream bigint,
	p_incarnation integer,
	p_consumer text,
	p_member text[],
	p_count bigint[],
	p_noack boolean[],
	p_entries_max bigint,
	p_bytes_max bigint)
returns table (
	id bytea,
	fields boolean,
	data bytea,
	more boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	-- How many each caller and those before it want; so the caller of an
	-- entry is found in it by the entry's place.
	v_until bigint[];
	v_want bigint;
	v_served bigint;
begin
	select array_agg(w.until order by w.caller)
	into v_until
	from (
		select u.caller, (sum(u.count) over (order by u.caller))::bigint
				as until
		from unnest(p_count) with ordinality as u (count, caller)
	) w;
	v_want := least(v_until[cardinality(v_until)], p_entries_max);

	-- One statement, so that the entries and what the stream's row counts
	-- of them are of one moment.
	return query
	with stream as materialized (
		select s.added, s.length, s.last_id, s.deleted_id, s.first_seq
		from sluice.streams s
		where s.stream_id = p_stream
		and s.incarnation = p_incarnation
		and s.state = 0
	), first as materialized (
		select e.id
		from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = p_incarnation
		and e.seq >= (select s.first_seq from stream s)
		order by e.seq
		limit 1
	), place as materialized (
		select c.last_id, c.entries_read
		from sluice.consumers c
		where c.stream_id = p_stream
		and c.incarnation = p_incarnation
		and c.consumer = p_consumer
	), candidate as materialized (
		select e.id, octet_length(e.data) as bytes
		from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = p_incarnation
		and e.id > (select p.last_id from place p)
		and e.id >= (select f.id from first f)
		order by e.id
		limit v_want + 1
	), weighed as materialized (
		select c.id, row_number() over w as place,
			sum(c.bytes) over w - c.bytes as bytes_before
		from candidate c
		window w as (order by c.id)
	), chosen as materialized (
		select w.id, w.place,
			width_bucket(w.place - 1, v_until) + 1 as caller
		from weighed w
		where w.place <= v_want
		and w.bytes_before < p_bytes_max
	), bounds as materialized (
		select count(*) as n,
			count(*) < (select count(*) from candidate) as more,
			(array_agg(c.id order by c.place))[1] as low,
			(array_agg(c.id order by c.place desc))[1] as high
		from chosen c
	), moved as (
		update sluice.consumers c
		set last_id = b.high,
			-- Counted on while that is known; else known again at
			-- the first entry or the last.
			entries_read = case
				when f.id > s.deleted_id
					and p.entries_read is not null
				then least(p.entries_read,
					9223372036854775807 - b.n) + b.n
				when f.id > s.deleted_id
					and b.low = f.id
				then s.added - s.length + b.n
				when b.low > s.deleted_id
					and p.entries_read is not null
				then least(p.entries_read,
					9223372036854775807 - b.n) + b.n
				when b.high = s.last_id
				then s.added
				end
		from bounds b, stream s, first f, place p
		where c.stream_id = p_stream
		and c.incarnation = p_incarnation
		and c.consumer = p_consumer
		and b.n > 0
	), held as (
		-- It is there if the group was set back: delivered anew.
		insert into sluice.pending as h (stream_id, incarnation,
			consumer, id, owner, delivered_at, deliveries)
		select p_stream, p_incarnation, p_consumer, c.id,
			p_member[c.caller], v_now, 1
		from chosen c
		where not p_noack[c.caller]
		order by c.id
		on conflict (stream_id, incarnation, consumer, id) do update
		set owner = excluded.owner,
			delivered_at = excluded.delivered_at,
			deliveries = excluded.deliveries
	)
	select e.id, e.fields, e.data, (select b.more from bounds b)
	from sluice.entries e
	where e.stream_id = p_stream
	and e.incarnation = p_incarnation
	and e.id >= (select b.low from bounds b)
	and e.id <= (select b.high from bounds b)
	order by e.id;
	get diagnostics v_served = row_count;

	insert into sluice.consumer_members as m (stream_id, incarnation,
		consumer, member, seen_at, active_at)
	select p_stream, p_incarnation, p_consumer, w.member, v_now,
		case when bool_or(w.got) then v_now end
	from (
		select u.member, not u.noack and u.count > 0
			and u.until - u.count < v_served as got
		from unnest(p_member, p_count, p_noack, v_until)
			as u (member, count, noack, until)
	) w
	where w.member is not null
	group by w.member
	order by w.member
	on conflict (stream_id, incarnation, consumer, member) do update
	set seen_at = excluded.seen_at,
		active_at = coalesce(excluded.active_at, m.active_at);
end
$$;
