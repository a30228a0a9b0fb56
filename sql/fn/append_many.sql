/*
 * Append to several streams, as long as nobody has wishes of his own. Each
 * stream stands once in the first arrays, with its name, the media type of
 * all that is appended to it, the number and the bytes of its entries, and
 * the lowest and highest Stream-Seq, which are null where there is none. The
 * entries follow with their keys (null if there are none at all), the place
 * of their stream, from 1, and their rank in it, from 0. Without places each
 * stream gets one of the entries, in order, and there is no Stream-Seq.
 *
 * The result has for each stream the seq of its first entry and the stream's
 * incarnation; or a seq of -1 when nothing was appended to it: it is locked
 * by somebody, not there, closed, of another type, or further on, or it is a
 * plate's. Which of these it is says sql/fn/append_turn.sql.
 *
 * On one machine this saves most of what an append costs; where streams are
 * distributed, append_turn does it alone. Nothing is joined: PostgreSQL would
 * carry whole rows of what a locked or updated table is joined with, and
 * p_stream is short.
 */
create or replace function sluice.append_many(
	p_stream bigint[],
	p_name text[],
	p_media text[],
	p_count integer[],
	p_bytes bigint[],
	p_low text[],
	p_high text[],
	p_place integer[],
	p_rank integer[],
	p_key bytea[],
	p_data bytea[],
	out first bigint[],
	out incarnation bigint[])
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_at timestamptz[];
	v_held bigint[];
	v_moved record;
begin
	if p_place is null then
		select e.first, e.incarnation
		into first, incarnation
		from sluice.append_each(p_stream, p_name, p_media, p_bytes,
			p_key, p_data) e;
		return;
	end if;

	first := array_fill(-1::bigint, array[cardinality(p_stream)]);
	incarnation := first;
	v_at := array_fill(v_now, array[cardinality(p_stream)]);
	v_held := array(
		select s.stream_id
		from sluice.streams s
		where s.stream_id = any (p_stream)
		order by s.stream_id
		for update skip locked);
	for v_moved in
		update sluice.streams s
		set next_seq = s.next_seq
				+ p_count[array_position(p_stream, s.stream_id)],
			bytes = s.bytes
				+ p_bytes[array_position(p_stream, s.stream_id)],
			last_at = greatest(v_now, s.last_at),
			stream_seq = coalesce(
				p_high[array_position(p_stream, s.stream_id)],
				s.stream_seq),
			expires_at = case
				when s.ttl_ms is null then s.expires_at
				else sluice.slide(s.expires_at, s.ttl_ms, v_now)
				end
		where s.stream_id = any (v_held)
		and s.name = p_name[array_position(p_stream, s.stream_id)]
		and s.state = 0
		and not s.closed
		and s.last_id is null
		and (s.expires_at is null or s.expires_at > v_now)
		and s.media_type
			= p_media[array_position(p_stream, s.stream_id)]
		and (s.stream_seq
			< p_low[array_position(p_stream, s.stream_id)]) is not false
		returning array_position(p_stream, s.stream_id) as place,
			s.next_seq, s.incarnation, s.last_at
	loop
		first[v_moved.place] := v_moved.next_seq
			- p_count[v_moved.place];
		incarnation[v_moved.place] := v_moved.incarnation;
		v_at[v_moved.place] := v_moved.last_at;
	end loop;

	insert into sluice.entries (stream_id, incarnation, seq, at, key, data)
	select p_stream[u.place], incarnation[u.place],
		first[u.place] + u.rank, v_at[u.place], u.key, u.data
	from unnest(p_place, p_rank, p_key, p_data)
		as u (place, rank, key, data)
	where first[u.place] >= 0;
end
$$;
