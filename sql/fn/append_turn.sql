/*
 * Append to one stream, for several callers at once. p_data has the entries
 * of all callers, one after the other, and p_key their keys; null if there
 * are none.
 *
 * With p_count null the callers have no wishes of their own: p_media has one
 * media type, p_bytes one sum of bytes, and p_stream_seq is null or has the
 * lowest and the highest Stream-Seq of callers who are in order. If then all
 * of it can be appended, the result is one row, its caller 0: next_seq is the
 * seq of the first entry. If not, nothing was done, the result is empty, and
 * the caller asks again with the wishes of each.
 *
 * Otherwise these arrays have an element for each caller: the number of
 * entries, media type, bytes, Stream-Seq, producer with epoch and sequence,
 * time of the entries in microseconds since 1970, and whether to close the
 * stream; a caller without entries only closes it. The result has a row for
 * each, its caller counted from 1, with one of these as status:
 *
 *	0  appended; next_seq is the seq after its last entry
 *	1  there is no such stream
 *	2  the stream has expired
 *	3  the stream is gone, its forks live on it
 *	4  closed, at next_seq
 *	5  the stream has another media type
 *	6  Stream-Seq is not above the last one, which is `held`
 *	7  the producer has written this before; `number` is its last seq
 *	8  the producer's epoch is over, `number` is the present one
 *	9  a new epoch has to begin with seq 0
 *	10 the producer's seq should have been `number`
 *	11 the row is locked by somebody who is not done yet: come again
 *	12 another name has the same id
 *	13 a plate's stream, which has not so many ids left
 *
 * In a plate's stream entries have ids (sql/fn/entry_ids_next.sql); what is
 * appended there is never done at once for all. Once its plate is deleted there
 * is no such stream, though the reaper has yet to end it: what is appended now
 * would be lost. The plate's row is not locked for that. An append that began
 * before the plate's end is before it; and those who share a lock can keep one
 * another company for longer than who deletes the plate waits.
 */
create or replace function sluice.append_turn(
	p_stream bigint,
	p_name text,
	p_data bytea[],
	p_key bytea[],
	p_media text[],
	p_bytes bigint[],
	p_stream_seq text[],
	p_count integer[],
	p_producer text[],
	p_epoch bigint[],
	p_producer_seq bigint[],
	p_at_us bigint[],
	p_close boolean[])
returns table (
	caller integer,
	status smallint,
	incarnation integer,
	next_seq bigint,
	closed boolean,
	number bigint,
	held text)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_at timestamptz;
	v_row record;
	v_first integer := 1;	-- of the caller's entries in p_data
	v_epoch bigint;		-- what is known of the producer
	v_seq bigint;
	v_ids bytea[];
	v_added bigint := 0;
	v_any boolean := false;
begin
	if p_count is null then
		-- One statement takes the row, unless somebody has it, and
		-- checks all there is to check.
		with held as materialized (
			select s.stream_id
			from sluice.streams s
			where s.stream_id = p_stream
			for update skip locked
		)
		update sluice.streams s
		set next_seq = s.next_seq + cardinality(p_data),
			bytes = s.bytes + p_bytes[1],
			last_at = greatest(v_now, s.last_at),
			stream_seq = coalesce(p_stream_seq[2], s.stream_seq),
			expires_at = case
				when s.ttl_ms is null then s.expires_at
				else sluice.slide(s.expires_at, s.ttl_ms, v_now)
				end
		from held
		where s.stream_id = p_stream
		and s.name = p_name
		and s.state = 0
		and not s.closed
		and s.last_id is null
		and (s.expires_at is null or s.expires_at > v_now)
		and s.media_type = p_media[1]
		and (p_stream_seq is null
			or s.stream_seq is null
			or s.stream_seq < p_stream_seq[1])
		returning s.incarnation, s.next_seq - cardinality(p_data),
			s.last_at
		into incarnation, next_seq, v_at;
		if not found then
			return;
		end if;
		if cardinality(p_data) = 1 then
			insert into sluice.entries (stream_id, incarnation,
				seq, at, key, data)
			values (p_stream, incarnation, next_seq, v_at,
				p_key[1], p_data[1]);
		else
			insert into sluice.entries (stream_id, incarnation,
				seq, at, key, data)
			select p_stream, incarnation, next_seq + u.place - 1,
				v_at, u.key, u.data
			from unnest(p_data, p_key)
				with ordinality as u (data, key, place);
		end if;
		caller := 0;
		status := 0;
		closed := false;
		return next;
		return;
	end if;

	select s.name, s.state, s.incarnation, s.next_seq, s.bytes, s.last_at,
		s.expires_at, s.closed, s.media_type, s.stream_seq, s.last_id
	into v_row
	from sluice.streams s
	where s.stream_id = p_stream
	for update skip locked;
	if not found then
		perform
		from sluice.streams s
		where s.stream_id = p_stream;
		status := case when found then 11 else 1 end;
	elsif v_row.name <> p_name then
		status := 12;
	elsif v_row.state = 2 then
		status := 1;
	elsif v_row.state = 1 then
		status := 3;
	elsif v_row.expires_at <= v_now then
		status := 2;
	elsif v_row.last_id is not null then
		perform
		from sluice.plates p
		where p.plate = split_part(p_name, '/', 1)
		and p.ended_at is null;
		status := case when not found then 1 end;
	end if;
	if status is not null then
		return query
		select c.caller, status, null::integer, null::bigint, false,
			null::bigint, null::text
		from generate_series(1, cardinality(p_count)) as c (caller);
		return;
	end if;

	incarnation := v_row.incarnation;
	for i in 1 .. cardinality(p_count) loop
		caller := i;
		status := 0;
		number := null;
		held := null;
		v_epoch := null;
		v_seq := null;
		if p_producer[i] is not null then
			select p.epoch, p.seq
			into v_epoch, v_seq
			from sluice.producers p
			where p.stream_id = p_stream
			and p.incarnation = v_row.incarnation
			and p.producer = p_producer[i];
		end if;
		if v_row.closed then
			-- Who closed it may say so again, and what was written
			-- before is still a duplicate.
			status := case
				when p_count[i] = 0
					and p_producer[i] is null
				then 7
				when v_epoch = p_epoch[i]
					and v_seq >= p_producer_seq[i]
				then 7
				else 4 end;
			number := v_seq;
		elsif p_count[i] > 0
			and p_media[i] <> v_row.media_type then
			status := 5;
		elsif p_producer[i] is not null then
			if v_epoch > p_epoch[i] then
				status := 8;
				number := v_epoch;
			elsif v_epoch is null
				or v_epoch < p_epoch[i] then
				if p_producer_seq[i] <> 0 then
					status := case
						when v_epoch is null
						then 10 else 9 end;
					number := 0;
				end if;
			elsif p_producer_seq[i] <= v_seq then
				status := 7;
				number := v_seq;
			elsif p_producer_seq[i] > v_seq + 1 then
				status := 10;
				number := v_seq + 1;
			end if;
		end if;
		if status = 0 and p_stream_seq[i] <= v_row.stream_seq then
			status := 6;
			held := v_row.stream_seq;
		end if;
		if status = 0 and v_row.last_id is not null
			and p_count[i] > 0 then
			v_ids := sluice.entry_ids_next(v_row.last_id, v_now,
				p_count[i]);
			status := case when v_ids is null then 13 else 0 end;
		end if;

		if status = 0 then
			v_any := true;
			v_row.last_at := greatest(v_row.last_at, coalesce(
				timestamptz 'epoch'
				+ p_at_us[i] * interval '1 us', v_now));
			insert into sluice.entries (stream_id, incarnation,
				seq, at, key, data, id)
			select p_stream, v_row.incarnation,
				v_row.next_seq + u.place - 1,
				v_row.last_at, u.key, u.data, u.id
			from unnest(
				p_data[v_first:v_first + p_count[i] - 1],
				p_key[v_first:v_first + p_count[i] - 1],
				v_ids)
				with ordinality as u (data, key, id, place);
			if p_count[i] > 0 then
				v_row.last_id := v_ids[p_count[i]];
				v_added := v_added + p_count[i];
				v_ids := null;
			end if;
			v_row.next_seq := v_row.next_seq + p_count[i];
			v_row.bytes := v_row.bytes + p_bytes[i];
			v_row.closed := coalesce(p_close[i], false);
			v_row.stream_seq := coalesce(p_stream_seq[i],
				v_row.stream_seq);
			if p_producer[i] is not null then
				insert into sluice.producers as p (stream_id,
					incarnation, producer, epoch, seq)
				values (p_stream, v_row.incarnation,
					p_producer[i], p_epoch[i],
					p_producer_seq[i])
				on conflict (stream_id, incarnation, producer)
				do update
				set epoch = excluded.epoch,
					seq = excluded.seq;
				number := p_producer_seq[i];
			end if;
		end if;
		v_first := v_first + p_count[i];
		next_seq := v_row.next_seq;
		closed := v_row.closed;
		return next;
	end loop;

	if not v_any then
		return;
	end if;
	update sluice.streams s
	set next_seq = v_row.next_seq,
		bytes = v_row.bytes,
		last_at = v_row.last_at,
		closed = v_row.closed,
		stream_seq = v_row.stream_seq,
		last_id = v_row.last_id,
		added = s.added + least(v_added,
			9223372036854775807 - s.added),
		length = s.length + v_added,
		expires_at = case
			when s.ttl_ms is null then s.expires_at
			else sluice.slide(s.expires_at, s.ttl_ms, v_now) end
	where s.stream_id = p_stream;
end
$$;
