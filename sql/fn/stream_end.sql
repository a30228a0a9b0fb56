/*
 * End a stream's life. While forks live on it, it is only gone; what is left
 * when the last of them has ended is for the reaper (sluice.ended_streams).
 *
 * p_name null is any name. p_why says what must be true:
 *	0  somebody deletes it
 *	1  it has expired
 *	2  it is gone, and so are its forks
 *
 * status
 *	0  ended
 *	1  there never was one
 *	2  was deleted before
 *	3  was gone before
 *	4  has expired, and is not ended by being deleted
 *	5  not so: p_why is not true
 *	11 the row, or its source's, is locked by somebody: come again
 *	12 another name has the same id
 *
 * `next` is its source, if that must end now too, for p_why 2: one stream a
 * call, so that never more than a fork and its source are locked.
 */
create or replace function sluice.stream_end(
	p_stream bigint,
	p_name text,
	p_why integer,
	out status smallint,
	out next bigint)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_row record;
begin
	if p_why > 0 then
		-- What a crash undoes is found and done again.
		perform set_config('synchronous_commit', 'off', true);
	end if;
	if p_why = 2 then
		-- What is gone nobody holds for long: it is waited for.
		perform
		from sluice.streams s
		where s.stream_id = p_stream
		for update;
	end if;
	select s.name, s.state, s.incarnation, s.forks, s.fork_source,
		coalesce(s.expires_at <= v_now, false) as expired
	into v_row
	from sluice.streams s
	where s.stream_id = p_stream
	for update skip locked;
	if not found then
		perform
		from sluice.streams s
		where s.stream_id = p_stream;
		status := case when found then 11 else 1 end;
		return;
	end if;
	status := case
		when v_row.name <> p_name then 12
		when v_row.state = 2 then 2
		when p_why = 2 and (v_row.state = 0 or v_row.forks > 0) then 5
		when p_why = 2 then 0
		when v_row.state = 1 then 3
		when p_why = 0 and v_row.expired then 4
		when p_why = 1 and not v_row.expired then 5
		else 0 end;
	if status <> 0 then
		return;
	end if;
	if v_row.forks > 0 then
		update sluice.streams s
		set state = 1
		where s.stream_id = p_stream;
		return;
	end if;
	perform
	from sluice.streams s
	where s.stream_id = v_row.fork_source
	for update skip locked;
	if not found and v_row.fork_source is not null then
		status := 11;
		return;
	end if;
	update sluice.streams s
	set state = 2
	where s.stream_id = p_stream;
	insert into sluice.ended_streams (stream_id, incarnation, ended_at)
	values (p_stream, v_row.incarnation, v_now);
	update sluice.streams s
	set forks = s.forks - 1
	where s.stream_id = v_row.fork_source
	returning case when s.state = 1 and s.forks = 0 then s.stream_id end
	into next;
end
$$;
