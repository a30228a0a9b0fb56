/*
 * Lock the rows of a transaction's keys, given in the order of their ids.
 * False when somebody has one of them: undo it all, and come again.
 *
 * Where p_begins says that the transaction may begin a key, one that never was
 * gets a row, deleted before its first life: there must be something to lock,
 * or two transactions that begin the same keys would wait for each other.
 */
create or replace function sluice.plate_take(
	p_streams bigint[],
	p_names text[],
	p_begins boolean[])
returns boolean
language plpgsql
as $$
begin
	for i in 1 .. cardinality(p_streams) loop
		if p_begins[i] then
			insert into sluice.streams (stream_id, name, state,
				incarnation, last_at, created_at, content_type,
				media_type)
			values (p_streams[i], p_names[i], 2, -1, now(), now(),
				'application/json', 'application/json')
			on conflict do nothing;
		end if;
		perform
		from sluice.streams s
		where s.stream_id = p_streams[i]
		for update skip locked;
		if not found then
			perform
			from sluice.streams s
			where s.stream_id = p_streams[i];
			if found then
				return false;
			end if;
		end if;
	end loop;
	return true;
end
$$;
