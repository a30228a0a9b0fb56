/*
 * append_many where each stream is given one entry and nobody asks for a
 * Stream-Seq, which is how many streams are mostly appended to: one statement
 * does it, and joins nothing.
 */
create or replace function sluice.append_each(
	p_stream bigint[],
	p_name text[],
	p_media text[],
	p_bytes bigint[],
	p_key bytea[],
	p_data bytea[],
	out first bigint[],
	out incarnation bigint[])
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_moved record;
begin
	with moved as (
		update sluice.streams s
		set next_seq = s.next_seq + 1,
			bytes = s.bytes
				+ p_bytes[array_position(p_stream, s.stream_id)],
			last_at = greatest(v_now, s.last_at),
			expires_at = case
				when s.ttl_ms is null then s.expires_at
				else sluice.slide(s.expires_at, s.ttl_ms, v_now)
				end
		where s.stream_id = any (array(
			select h.stream_id
			from sluice.streams h
			where h.stream_id = any (p_stream)
			order by h.stream_id
			for update skip locked))
		and s.name = p_name[array_position(p_stream, s.stream_id)]
		and s.state = 0
		and not s.closed
		and s.last_id is null
		and (s.expires_at is null or s.expires_at > v_now)
		and s.media_type
			= p_media[array_position(p_stream, s.stream_id)]
		returning array_position(p_stream, s.stream_id) as place,
			s.stream_id, s.incarnation, s.next_seq - 1 as seq,
			s.last_at
	), written as (
		insert into sluice.entries (stream_id, incarnation, seq, at,
			key, data)
		select m.stream_id, m.incarnation, m.seq, m.last_at,
			p_key[m.place], p_data[m.place]
		from moved m
	)
	select coalesce(array_agg(m.place), '{}') as places,
		array_agg(m.seq) as seqs,
		array_agg(m.incarnation) as incarnations
	into v_moved
	from moved m;

	first := array_fill(-1::bigint, array[cardinality(p_stream)]);
	incarnation := first;
	for i in 1 .. cardinality(v_moved.places) loop
		first[v_moved.places[i]] := v_moved.seqs[i];
		incarnation[v_moved.places[i]] := v_moved.incarnations[i];
	end loop;
end
$$;
