/*
 * Append to a stream inside of the caller's own transaction: for those of
 * sql/fn/append.sql, append_all.sql and append_json.sql. Unlike
 * sql/fn/append_turn.sql it waits for the stream's row, and what the caller
 * did wrong is raised, so that the transaction does not commit without it.
 *
 * p_media_type null is any. The result is the last entry's seq and the offset
 * after it. Workers are told when, and only if, the transaction commits; the
 * note has no sender (sql/wake_note.h), and the kind 3 is CHANNEL_STREAM.
 *
 * The streams of a plate that is deleted are none, as in append_turn.sql. Only
 * where a snapshot may be older than the plate's end is its row locked, which
 * fails then: a long transaction is not to keep a plate from being deleted.
 */
create or replace function sluice.append_entries(
	p_stream bigint,
	p_name text,
	p_data bytea[],
	p_key text,
	p_media_type text,
	p_wake boolean,
	out seq bigint,
	out next_offset text)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now timestamptz;
	v_row record;
	v_bytes bigint;
	v_ids bytea[];
	v_ended boolean := false;
begin
	-- Limits of the HTTP door: fcgi/limits.h.
	select sum(octet_length(d.data))
	into v_bytes
	from unnest(p_data) as d (data);
	if v_bytes > 10 << 20 or cardinality(p_data) > 1 << 17
		or octet_length(p_key) > 1024 then
		raise exception using
			errcode = 'program_limit_exceeded',
			message = 'an append has at most 10 MiB, 131072 '
				'entries, and a key of 1024 bytes';
	elsif cardinality(p_data) = 0 or array_position(p_data, null) > 0
		or p_data is null or p_key = '' or p_name is null then
		raise exception using
			errcode = 'invalid_parameter_value',
			message = 'an append has a name and at least one '
				'entry, none of them null, and no empty key';
	end if;

	select s.name, s.incarnation, s.next_seq, s.state, s.closed,
		s.media_type, s.expires_at, s.ttl_ms, s.last_id
	into v_row
	from sluice.streams s
	where s.stream_id = p_stream
	for update;
	v_now := clock_timestamp();
	if found and v_row.last_id is not null then
		if current_setting('transaction_isolation')
			= 'read committed' then
			perform
			from sluice.plates p
			where p.plate = split_part(p_name, '/', 1)
			and p.ended_at is null;
		else
			perform
			from sluice.plates p
			where p.plate = split_part(p_name, '/', 1)
			and p.ended_at is null
			for share;
		end if;
		v_ended := not found;
	end if;
	if v_row.name is distinct from p_name or v_row.state <> 0
		or v_row.expires_at <= v_now or v_ended then
		raise exception using
			errcode = 'undefined_object',
			message = format('there is no stream %L', p_name);
	elsif v_row.closed then
		raise exception using
			errcode = 'object_not_in_prerequisite_state',
			message = format('the stream %L is closed', p_name);
	elsif v_row.media_type <> p_media_type then
		raise exception using
			errcode = 'wrong_object_type',
			message = format('the stream %L is of type %s',
				p_name, v_row.media_type);
	elsif v_row.media_type = 'application/json' then
		perform convert_from(d.data, 'UTF8')::json
		from unnest(p_data) as d (data);
	end if;

	if v_row.last_id is not null then
		v_ids := sluice.entry_ids_next(v_row.last_id, v_now,
			cardinality(p_data));
		if v_ids is null then
			raise exception using
				errcode = 'program_limit_exceeded',
				message = format('the stream %L has not so '
					'many ids left', p_name);
		end if;
	end if;
	update sluice.streams s
	set next_seq = s.next_seq + cardinality(p_data),
		bytes = s.bytes + v_bytes,
		last_id = v_ids[cardinality(p_data)],
		added = s.added + least(cardinality(p_data),
			9223372036854775807 - s.added),
		length = s.length + cardinality(p_data),
		last_at = greatest(s.last_at, v_now),
		expires_at = case
			when s.ttl_ms is null then s.expires_at
			else sluice.slide(s.expires_at, s.ttl_ms, v_now) end
	where s.stream_id = p_stream
	returning s.last_at
	into v_now;
	insert into sluice.entries (stream_id, incarnation, seq, at, key, data,
		id)
	select p_stream, v_row.incarnation, v_row.next_seq + d.place - 1,
		v_now, convert_to(p_key, 'UTF8'), d.data, d.id
	from unnest(p_data, v_ids) with ordinality as d (data, id, place);
	seq := v_row.next_seq + cardinality(p_data) - 1;
	next_offset := sluice.stream_offset(v_row.incarnation, seq);
	if p_wake then
		perform pg_notify('sluice_wake',
			format('0 0 0 3.%s.4294967295.0;', p_stream));
	end if;
end
$$;
