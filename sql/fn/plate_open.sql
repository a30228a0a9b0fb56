/*
 * Take a plate's key that is to be written: lock its stream's row, and say
 * what the row has. With p_create a key that is not there begins a new life,
 * empty, once one that has expired has ended.
 *
 * status
 *	0  held: the row is locked, and is as the other results say
 *	1  there is no such key, or its plate has ended; not with p_create
 *	2  a key of another type: a stream whose entries have no ids, or one
 *	   whose name has the same stream_id
 *	3  it was deleted, but forks still live on its entries; with p_create
 *	4  there is no such plate; with p_create
 *	11 somebody has the row: come again
 *
 * No row is waited for that somebody may hold for long. The plate's row is
 * locked against its end, so that no key begins while the plate is deleted.
 */
create or replace function sluice.plate_open(
	p_stream bigint,
	p_name text,
	p_create boolean,
	out status smallint,
	out incarnation integer,
	out next_seq bigint,
	out first_seq bigint,
	out bytes bigint,
	out length bigint,
	out added bigint,
	out last_id bytea,
	out deleted_id bytea,
	out last_at timestamptz,
	out closed boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	c_zero constant bytea := '\x00000000000000000000000000000000';
	v_now constant timestamptz := clock_timestamp();
	v_flush text;
	v_row record;
begin
	select s.name, s.state, s.incarnation, s.next_seq, s.first_seq,
		s.bytes, s.length, s.added, s.last_id, s.deleted_id, s.last_at,
		s.closed, coalesce(s.expires_at <= v_now, false) as expired
	into v_row
	from sluice.streams s
	where s.stream_id = p_stream
	for update skip locked;
	if not found then
		perform
		from sluice.streams s
		where s.stream_id = p_stream;
		if found then
			status := 11;
			return;
		end if;
	elsif v_row.name <> p_name then
		status := 2;
		return;
	elsif v_row.state = 0 and not v_row.expired then
		status := case when v_row.last_id is null then 2 else 0 end;
		perform
		from sluice.plates p
		where p.plate = split_part(p_name, '/', 1)
		and p.ended_at is null;
		if not found then
			-- What is left of it goes soon: it takes nothing.
			status := case when p_create then 4 else 1 end;
			return;
		end if;
		incarnation := v_row.incarnation;
		next_seq := v_row.next_seq;
		first_seq := v_row.first_seq;
		bytes := v_row.bytes;
		length := v_row.length;
		added := v_row.added;
		last_id := v_row.last_id;
		deleted_id := v_row.deleted_id;
		last_at := v_row.last_at;
		closed := v_row.closed;
		return;
	end if;
	if not p_create then
		status := 1;
		return;
	end if;

	if v_row.state = 0 then
		-- That end is worth no flush; what we are called for is.
		v_flush := current_setting('synchronous_commit');
		select e.status
		into status
		from sluice.stream_end(p_stream, p_name, 1) e;
		perform set_config('synchronous_commit', v_flush, true);
		if status <> 0 then
			return;
		end if;
		select s.state
		into v_row.state
		from sluice.streams s
		where s.stream_id = p_stream;
	end if;
	if v_row.state = 1 then
		status := 3;
		return;
	end if;
	perform
	from sluice.plates p
	where p.plate = split_part(p_name, '/', 1)
	and p.ended_at is null
	for share;
	if not found then
		status := 4;
		return;
	end if;
	incarnation := coalesce(v_row.incarnation + 1, 0);
	next_seq := 0;
	first_seq := 0;
	bytes := 0;
	length := 0;
	added := 0;
	last_id := c_zero;
	deleted_id := c_zero;
	last_at := v_now;
	closed := false;
	insert into sluice.streams as s (stream_id, last_at, created_at,
		incarnation, name, content_type, media_type, last_id,
		deleted_id, added, length)
	values (p_stream, v_now, v_now, incarnation, p_name,
		'application/json', 'application/json', c_zero, c_zero, 0, 0)
	on conflict (stream_id) do update
	set next_seq = 0,
		bytes = 0,
		last_at = excluded.last_at,
		expires_at = null,
		ttl_ms = null,
		created_at = excluded.created_at,
		fork_source = null,
		fork_seq = 0,
		fork_offset = null,
		fork_sub = 0,
		fork_incarnation = null,
		incarnation = excluded.incarnation,
		state = 0,
		closed = false,
		content_type = excluded.content_type,
		media_type = excluded.media_type,
		stream_seq = null,
		last_id = excluded.last_id,
		deleted_id = excluded.deleted_id,
		added = 0,
		length = 0,
		first_seq = 0
	where s.state = 2
	and s.incarnation = v_row.incarnation;
	status := case when found then 0 else 11 end;
end
$$;
