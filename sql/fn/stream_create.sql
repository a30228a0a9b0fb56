/*
 * Create a stream with its first entries, in what may be the name's next
 * life. One that lives already is compared with what is wanted.
 *
 * p_source is the stream to fork, if any: its first p_fork_at entries, all of
 * them if that is null, in the life p_fork_incarnation, the present one if
 * that is null; and p_fork_sub of what follows: entries of a JSON stream,
 * bytes of the next entry of others. Nothing is copied but such a part of an
 * entry. p_content_type and p_media_type are null for a fork that is to have
 * its source's; so is the time to live where neither is given. A fork has
 * p_segments_max segments at most.
 *
 * status
 *	0  created
 *	1  is there already, as wanted
 *	2  is there already, but otherwise
 *	3  gone: forks still live on it
 *	4  has expired: end that life first (sql/fn/stream_end.sql)
 *	6  there is no such source
 *	7  the source is gone
 *	8  the source has another media type
 *	9  the source has no such position
 *	10 past that position there is not so much
 *	11 somebody else creates it at this moment, or has locked the row of
 *	   a dead name or of the source: come again
 *	12 another name has the same id
 *	13 too many segments
 *	14 a fork cannot be a plate's stream
 *	15 a plate's streams are application/json
 *	16 the plate is deleted, and its streams are being ended
 *
 * A name that begins with a plate's is a key of that plate, whose entries have
 * ids: sql/fn/plate_open.sql.
 *
 * A stream that lives is compared without a lock: who holds its row, with an
 * append in a long transaction say, is in nobody's way.
 *
 * No row is waited for that somebody may hold for long: 11 is the answer. The
 * source is looked at before it is locked, so that two dead names that are to
 * become forks of each other do not turn each other away. A new row is inserted
 * after its source is locked: what is not there can be locked by nobody.
 */
create or replace function sluice.stream_create(
	p_stream bigint,
	p_name text,
	p_content_type text,
	p_media_type text,
	p_ttl_ms bigint,
	p_expires_at timestamptz,
	p_closed boolean,
	p_data bytea[],
	p_source bigint,
	p_source_name text,
	p_fork_at bigint,
	p_fork_incarnation integer,
	p_fork_sub bigint,
	p_segments_max integer,
	out status smallint,
	out incarnation integer,
	out next_seq bigint,
	out closed boolean,
	out content_type text,
	out ttl_ms bigint,
	out expires_at timestamptz)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_old record;
	v_fork record;
	v_data bytea[] := p_data;
	v_ids bytea[];
	v_ended timestamptz;	-- when its plate was deleted
	v_zero bytea;		-- of a plate's stream, and so below
	v_last_id bytea;
	v_length bigint;
	v_at timestamptz;
begin
	select s.name, s.state, s.incarnation, s.next_seq, s.closed,
		s.content_type, s.media_type, s.ttl_ms, s.expires_at,
		s.fork_source, s.fork_incarnation, s.fork_offset, s.fork_sub
	into v_old
	from sluice.streams s
	where s.stream_id = p_stream;
	status := case
		when v_old.name <> p_name then 12
		when v_old.state = 1 then 3
		when v_old.state = 0 and v_old.expires_at <= v_now then 4
		when v_old.state = 0 then 1
		end;
	if status = 1 then
		-- What a fork was not told it has from its source.
		if v_old.media_type <> p_media_type
			or v_old.closed <> p_closed
			or v_old.fork_source is distinct from p_source
			or v_old.fork_incarnation <> p_fork_incarnation
			or v_old.fork_offset <> p_fork_at
			or v_old.fork_sub <> p_fork_sub
			or (p_source is null
				or p_ttl_ms is not null
				or p_expires_at is not null)
			and (v_old.ttl_ms is distinct from p_ttl_ms
				or p_ttl_ms is null
				and v_old.expires_at
				is distinct from p_expires_at)
		then
			status := 2;
		end if;
		incarnation := v_old.incarnation;
		next_seq := v_old.next_seq;
		closed := v_old.closed;
		content_type := v_old.content_type;
		ttl_ms := v_old.ttl_ms;
		expires_at := v_old.expires_at;
	end if;
	if status is not null then
		return;
	end if;
	perform
	from sluice.streams s
	where s.stream_id = p_stream
	and s.state = 2
	and s.incarnation = v_old.incarnation
	for update skip locked;
	if not found and v_old.state = 2 then
		status := 11;
		return;
	end if;
	if position('/' in p_name) > 0 then
		select p.ended_at
		into v_ended
		from sluice.plates p
		where p.plate = split_part(p_name, '/', 1)
		for share;
		status := case
			when not found then null
			when v_ended is not null then 16
			when p_source is not null then 14
			when p_media_type <> 'application/json' then 15
			else 0 end;
		if status > 0 then
			return;
		end if;
		if status = 0 then
			v_zero := '\x00000000000000000000000000000000';
		end if;
	end if;

	select f.status, f.incarnation, f.own_seq, f.fork_at, f.fork_seq,
		f.key, f.part, f.content_type, f.media_type, f.ttl_ms, f.expires_at, f.last_at
	into v_fork
	from sluice.fork_point(p_source, p_source_name, p_media_type,
		p_fork_at, p_fork_incarnation, p_fork_sub) f
	where p_source is not null;
	if v_fork.status <> 0 then
		status := v_fork.status;
		return;
	end if;
	if (
		select count(*) >= p_segments_max
		from sluice.segments g
		where g.stream_id = p_source
		and g.incarnation = v_fork.incarnation
		and g.from_seq < v_fork.fork_seq
	) then
		status := 13;
		return;
	end if;
	if v_fork.part is not null then
		v_data := v_fork.part || v_data;
	end if;
	ttl_ms := p_ttl_ms;
	expires_at := p_expires_at;
	if ttl_ms is null and expires_at is null then
		ttl_ms := v_fork.ttl_ms;
		expires_at := v_fork.expires_at;
	end if;
	if ttl_ms is not null then
		expires_at := v_now + ttl_ms * interval '1 ms';
	end if;
	incarnation := coalesce(
		greatest(v_old.incarnation + 1, v_fork.incarnation), 0);
	next_seq := coalesce(v_fork.fork_seq, 0)
		+ coalesce(cardinality(v_data), 0);
	closed := p_closed;
	content_type := coalesce(p_content_type, v_fork.content_type);
	v_at := greatest(v_now, v_fork.last_at);
	if v_zero is not null then
		v_length := next_seq;
		v_ids := sluice.entry_ids_next(v_zero, v_at,
			v_length::integer);
		v_last_id := coalesce(v_ids[v_length], v_zero);
	end if;

	insert into sluice.streams as s (stream_id, next_seq, bytes, last_at,
		expires_at, ttl_ms, created_at, fork_source, fork_seq,
		fork_offset, fork_sub, fork_incarnation, incarnation, closed,
		name, content_type, media_type, last_id, deleted_id, added,
		length)
	values (p_stream, next_seq, (
			select coalesce(sum(octet_length(d.data)), 0)
			from unnest(v_data) as d (data)),
		v_at, expires_at, ttl_ms, v_now, p_source,
		coalesce(v_fork.fork_seq, 0), v_fork.fork_at, p_fork_sub,
		v_fork.incarnation, incarnation, closed, p_name, content_type,
		coalesce(p_media_type, v_fork.media_type), v_last_id,
		v_zero, v_length, v_length)
	on conflict (stream_id) do update
	set next_seq = excluded.next_seq,
		bytes = excluded.bytes,
		last_at = excluded.last_at,
		expires_at = excluded.expires_at,
		ttl_ms = excluded.ttl_ms,
		created_at = excluded.created_at,
		fork_source = excluded.fork_source,
		fork_seq = excluded.fork_seq,
		fork_offset = excluded.fork_offset,
		fork_sub = excluded.fork_sub,
		fork_incarnation = excluded.fork_incarnation,
		incarnation = excluded.incarnation,
		state = 0,
		closed = excluded.closed,
		content_type = excluded.content_type,
		media_type = excluded.media_type,
		stream_seq = null,
		last_id = excluded.last_id,
		deleted_id = excluded.deleted_id,
		added = excluded.added,
		length = excluded.length,
		first_seq = 0
	where s.state = 2
	and s.incarnation = v_old.incarnation;
	if not found then
		status := 11;
		return;
	end if;

	if p_source is not null then
		insert into sluice.segments (stream_id, incarnation, from_seq,
			to_seq, source_id, source_incarnation)
		select p_stream, stream_create.incarnation, g.from_seq,
			least(g.to_seq, v_fork.fork_seq), g.source_id,
			g.source_incarnation
		from sluice.segments g
		where g.stream_id = p_source
		and g.incarnation = v_fork.incarnation
		and g.from_seq < v_fork.fork_seq
		union all
		select p_stream, incarnation, v_fork.own_seq, v_fork.fork_seq,
			p_source, v_fork.incarnation
		where v_fork.own_seq < v_fork.fork_seq;
		update sluice.streams s
		set forks = s.forks + 1
		where s.stream_id = p_source;
	end if;
	insert into sluice.entries (stream_id, incarnation, seq, at, key, data,
		id)
	select p_stream, incarnation,
		next_seq - cardinality(v_data) + d.place - 1, v_at,
		case when d.place = 1 then v_fork.key end, d.data, d.id
	from unnest(v_data, v_ids) with ordinality as d (data, id, place);
	status := 0;
end
$$;
