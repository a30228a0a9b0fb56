/*
 * Where a fork of a stream begins, with what it takes over: for
 * sql/fn/stream_create.sql, whose arguments and statuses these are. The
 * source stays locked.
 *
 * The source's own entries begin at own_seq, those before are in its segments.
 * The fork has its entries below fork_seq. If it is to have a part of the next
 * one too, that is `part`, with its key.
 */
create or replace function sluice.fork_point(
	p_stream bigint,
	p_name text,
	p_media_type text,
	p_at bigint,
	p_incarnation integer,
	p_sub bigint,
	out status smallint,
	out incarnation integer,
	out own_seq bigint,
	out fork_at bigint,
	out fork_seq bigint,
	out key bytea,
	out part bytea,
	out content_type text,
	out media_type text,
	out ttl_ms bigint,
	out expires_at timestamptz,
	out last_at timestamptz)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_row record;
	v_part record;	-- the life that has the entry of the part
begin
	perform
	from sluice.streams s
	where s.stream_id = p_stream
	and s.state < 2;
	if not found then
		status := 6;
		return;
	end if;
	select s.name, s.state, s.incarnation, s.next_seq, s.fork_seq,
		s.content_type, s.media_type, s.ttl_ms, s.expires_at,
		s.last_at, s.last_id
	into v_row
	from sluice.streams s
	where s.stream_id = p_stream
	for update skip locked;
	if not found then
		status := 11;
		return;
	end if;
	fork_at := coalesce(p_at, v_row.next_seq);
	status := case
		when v_row.name <> p_name then 6
		when v_row.state = 2 then 6
		when v_row.state = 1 then 7
		when v_row.expires_at <= clock_timestamp() then 6
		when v_row.media_type <> p_media_type then 8
		when v_row.incarnation <> p_incarnation then 9
		when v_row.next_seq < fork_at then 9
		when v_row.next_seq = fork_at and p_sub > 0 then 10
		else 0 end;
	if status <> 0 then
		return;
	end if;
	incarnation := v_row.incarnation;
	own_seq := v_row.fork_seq;
	fork_seq := fork_at;
	content_type := v_row.content_type;
	media_type := v_row.media_type;
	ttl_ms := v_row.ttl_ms;
	expires_at := v_row.expires_at;
	last_at := v_row.last_at;

	if p_sub > 0 and media_type = 'application/json' then
		if p_sub > v_row.next_seq - fork_at then
			status := 10;
			return;
		end if;
		fork_seq := fork_at + p_sub;
		if v_row.last_id is not null then
			-- Entries may be missing in between.
			select e.seq + 1
			into fork_seq
			from sluice.entries e
			where e.stream_id = p_stream
			and e.incarnation = fork_point.incarnation
			and e.seq >= fork_at
			order by e.seq
			offset p_sub - 1
			limit 1;
			status := case when found then 0 else 10 end;
		end if;
	elsif p_sub > 0 then
		select p_stream as stream_id, incarnation as incarnation
		into v_part
		where own_seq <= fork_at;
		if not found then
			select g.source_id as stream_id,
				g.source_incarnation as incarnation
			into v_part
			from sluice.segments g
			where g.stream_id = p_stream
			and g.incarnation = fork_point.incarnation
			and g.from_seq <= fork_at
			order by g.from_seq desc
			limit 1;
		end if;
		select e.key, e.data
		into key, part
		from sluice.entries e
		where e.stream_id = v_part.stream_id
		and e.incarnation = v_part.incarnation
		and e.seq = fork_at;
		if octet_length(part) < p_sub then
			status := 10;
		elsif octet_length(part) = p_sub then
			fork_seq := fork_at + 1;
			key := null;
			part := null;
		else
			part := substring(part from 1 for p_sub::integer);
		end if;
	end if;
end
$$;
