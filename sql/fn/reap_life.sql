/*
 * Remove what is left of a stream's life that has ended, a bounded piece a
 * call: its groups, p_batch of them at most, so that nobody delivers any more;
 * when there are none, entries from p_from on, p_batch of them at most and
 * about p_bytes; then producers, what is pending, and the groups' members; at
 * last its segments and the mention that it ended. Says how many entries it
 * removed, and from where to go on: null when nothing is left, or when
 * somebody else is at it.
 *
 * What a crash undoes is done again, so nobody waits for a flush.
 */
create or replace function sluice.reap_life(
	p_stream bigint,
	p_incarnation integer,
	p_from bigint,
	p_batch bigint,
	p_bytes bigint,
	out count bigint,
	out next_from bigint)
language plpgsql
as $$
declare
	v_last bigint;
	v_producers text[];
	v_groups text[];
begin
	count := 0;
	perform set_config('synchronous_commit', 'off', true);
	perform
	from sluice.ended_streams d
	where d.stream_id = p_stream
	and d.incarnation = p_incarnation
	for update skip locked;
	if not found then
		return;
	end if;

	-- Who delivers holds the group's row, and is waited for by nobody.
	select array_agg(f.consumer)
	into v_groups
	from (
		select c.consumer
		from sluice.consumers c
		where c.stream_id = p_stream
		and c.incarnation = p_incarnation
		order by c.consumer
		limit p_batch
		for update skip locked
	) f;
	if v_groups is not null then
		delete from sluice.consumers c
		where c.stream_id = p_stream
		and c.incarnation = p_incarnation
		and c.consumer = any (v_groups);
		next_from := p_from;
		return;
	end if;
	perform
	from sluice.consumers c
	where c.stream_id = p_stream
	and c.incarnation = p_incarnation
	limit 1;
	if found then
		return;
	end if;

	select max(w.seq)
	into v_last
	from (
		select b.seq, sum(b.bytes) over (order by b.seq) - b.bytes
			as bytes_before
		from (
			select e.seq, octet_length(e.data) as bytes
			from sluice.entries e
			where e.stream_id = p_stream
			and e.incarnation = p_incarnation
			and e.seq >= p_from
			order by e.seq
			limit p_batch
		) b
	) w
	where w.bytes_before < p_bytes;
	if v_last is not null then
		delete from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = p_incarnation
		and e.seq between p_from and v_last;
		get diagnostics count = row_count;
		next_from := v_last + 1;
		return;
	end if;

	select array_agg(f.producer)
	into v_producers
	from (
		select p.producer
		from sluice.producers p
		where p.stream_id = p_stream
		and p.incarnation = p_incarnation
		order by p.producer
		limit p_batch
	) f;
	if v_producers is not null then
		delete from sluice.producers p
		where p.stream_id = p_stream
		and p.incarnation = p_incarnation
		and p.producer = any (v_producers);
		next_from := p_from;
		return;
	end if;
	with f as materialized (
		select h.consumer, h.id
		from sluice.pending h
		where h.stream_id = p_stream
		and h.incarnation = p_incarnation
		order by h.consumer, h.id
		limit p_batch
	)
	delete from sluice.pending h
	using f
	where h.stream_id = p_stream
	and h.incarnation = p_incarnation
	and h.consumer = f.consumer
	and h.id = f.id;
	if found then
		next_from := p_from;
		return;
	end if;
	with f as materialized (
		select m.consumer, m.member
		from sluice.consumer_members m
		where m.stream_id = p_stream
		and m.incarnation = p_incarnation
		order by m.consumer, m.member
		limit p_batch
	)
	delete from sluice.consumer_members m
	using f
	where m.stream_id = p_stream
	and m.incarnation = p_incarnation
	and m.consumer = f.consumer
	and m.member = f.member;
	if found then
		next_from := p_from;
		return;
	end if;
	delete from sluice.segments g
	where g.stream_id = p_stream
	and g.incarnation = p_incarnation;
	delete from sluice.ended_streams d
	where d.stream_id = p_stream
	and d.incarnation = p_incarnation;
end
$$;
