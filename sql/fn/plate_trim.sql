/*
 * XTRIM: sql/fn/plate_cut.sql, whose last six arguments are the last six here.
 * `count` entries went; with `more` there may be work left.
 *
 * status
 *	0  done
 *	1  there is no such key
 *	2  the key is of another type
 *	11 somebody has the row: come again
 */
create or replace function sluice.plate_trim(
	p_stream bigint,
	p_name text,
	p_max_length bigint,
	p_min_id bytea,
	p_nodes boolean,
	p_limit bigint,
	p_batch bigint,
	p_batch_bytes bigint,
	out status smallint,
	out count bigint,
	out more boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_key record;
	v_cut record;
begin
	count := 0;
	more := false;
	select o.status, o.incarnation, o.next_seq, o.first_seq, o.bytes,
		o.length
	into v_key
	from sluice.plate_open(p_stream, p_name, false) o;
	status := v_key.status;
	if status <> 0 then
		return;
	end if;
	select c.count, c.bytes, c.first_seq, c.more
	into v_cut
	from sluice.plate_cut(p_stream, v_key.incarnation, v_key.first_seq,
		v_key.next_seq, v_key.length, v_key.bytes, p_max_length,
		p_min_id, p_nodes, p_limit, p_batch, p_batch_bytes) c;
	if v_cut.first_seq > v_key.first_seq then
		update sluice.streams s
		set first_seq = v_cut.first_seq,
			bytes = s.bytes - v_cut.bytes,
			length = s.length - v_cut.count
		where s.stream_id = p_stream;
	end if;
	count := v_cut.count;
	more := v_cut.more;
end
$$;
