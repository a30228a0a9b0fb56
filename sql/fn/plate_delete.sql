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
	v_gone record;
begin
	count := 0;
	select o.status, o.incarnation
	into v_key
	from sluice.plate_open(p_stream, p_name, false) o;
	status := v_key.status;
	if status <> 0 then
		return;
	end if;
	with gone as (
		delete from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = v_key.incarnation
		and e.id = any (p_id)
		returning e.id, octet_length(e.data) as bytes
	)
	select count(*) as count, sum(g.bytes) as bytes,
		(array_agg(g.id order by g.id desc))[1] as highest
	into v_gone
	from gone g;
	count := v_gone.count;
	if count > 0 then
		update sluice.streams s
		set bytes = s.bytes - v_gone.bytes,
			length = s.length - v_gone.count,
			deleted_id = greatest(s.deleted_id, v_gone.highest)
		where s.stream_id = p_stream;
	end if;
end
$$;
