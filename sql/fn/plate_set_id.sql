/*
 * XSETID: what XADD counts from. p_added and p_deleted_id are null if they
 * stay.
 *
 * status
 *	0  done
 *	1  there is no such key
 *	2  the key is of another type
 *	3  p_id is below the highest id that was deleted
 *	4  p_id is below an entry's
 *	5  p_added is less than there are entries
 *	11 somebody has the row: come again
 */
create or replace function sluice.plate_set_id(
	p_stream bigint,
	p_name text,
	p_id bytea,
	p_added bigint,
	p_deleted_id bytea,
	out status smallint)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_key record;
	v_top bytea;
begin
	select o.status, o.incarnation, o.length, o.deleted_id
	into v_key
	from sluice.plate_open(p_stream, p_name, false) o;
	if v_key.length > 0 then
		select e.id
		into v_top
		from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = v_key.incarnation
		and e.id is not null
		order by e.id desc
		limit 1;
	end if;
	status := case
		when v_key.status <> 0 then v_key.status
		when p_id < v_key.deleted_id then 3
		when p_id < v_top then 4
		when p_added < v_key.length then 5
		else 0 end;
	if status = 0 then
		update sluice.streams s
		set last_id = p_id,
			added = coalesce(p_added, s.added),
			deleted_id = coalesce(p_deleted_id, s.deleted_id)
		where s.stream_id = p_stream;
	end if;
end
$$;
