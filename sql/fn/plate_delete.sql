/*
 * XDEL: remove the entries that have these ids; `count` had one.
 *
 * status
 *	0  done
 *	1  there is no such key
 *	2  the key is of another type
 *	11 somebody has the row: come again
 */
create or replace function sluice.plate_delete(
	p_stream bigint,
	p_name text,
	p_id bytea[],
	out status smallint,
	out count bigint)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_key record;
	v_id bytea;
	v_bytes bigint;
	v_gone_bytes bigint := 0;
	v_highest bytea;
begin
	count := 0;
	select o.status, o.incarnation
	into v_key
	from sluice.plate_open(p_stream, p_name, false) o;
	status := v_key.status;
	if status <> 0 then
		return;
	end if;
	-- One by one: for any of several ids, while nothing is known of the
	-- table, a plan may look at all entries of the stream.
	foreach v_id in array p_id loop
		delete from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = v_key.incarnation
		and e.id = v_id
		returning octet_length(e.data)
		into v_bytes;
		if found then
			count := count + 1;
			v_gone_bytes := v_gone_bytes + v_bytes;
			v_highest := greatest(v_highest, v_id);
		end if;
	end loop;
	if count > 0 then
		update sluice.streams s
		set bytes = s.bytes - v_gone_bytes,
			length = s.length - count,
			deleted_id = greatest(s.deleted_id, v_highest)
		where s.stream_id = p_stream;
	end if;
end
$$;
