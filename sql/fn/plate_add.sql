/*
 * XADD, for several callers at once, each with an entry for the same key and
 * all with the same wish to trim, if any: sql/fn/plate_cut.sql, whose last six
 * arguments are the last six here. They add one after the other; it is trimmed
 * once, behind the last, and no more than one piece of work: what is left then
 * goes with the next.
 *
 * p_id null is an id of now; with p_any_seq the number behind the milliseconds
 * is the next one. Who says p_must_exist does not begin the key.
 *
 * A row for each, its caller counted from 1. Status:
 *	0  added, and that is its id
 *	1  there is no such key
 *	2  the key is of another type
 *	3  it was deleted, but forks still live on its entries
 *	4  there is no such plate
 *	5  the stream is closed
 *	6  it has no id left
 *	7  the id is not above the last one
 *	11 somebody has the row: come again
 */
create or replace function sluice.plate_add(
	p_stream bigint,
	p_name text,
	p_data bytea[],
	p_id bytea[],
	p_any_seq boolean[],
	p_must_exist boolean[],
	p_max_length bigint,
	p_min_id bytea,
	p_nodes boolean,
	p_limit bigint,
	p_batch bigint,
	p_batch_bytes bigint)
returns table (
	caller integer,
	status smallint,
	id bytea)
language plpgsql
as $$
#variable_conflict use_column
declare
	c_last constant bytea := '\xffffffffffffffffffffffffffffffff';
	v_now constant timestamptz := clock_timestamp();
	v_callers constant integer := cardinality(p_data);
	v_key record;
	v_cut record;
	v_first integer := 1;	-- who finds the key
	v_last_id bytea;
	v_auto bytea[];		-- for all, if nobody brings an id
	v_status smallint[] := array_fill(0::smallint, array[v_callers]);
	v_id bytea[] := p_id;
	v_place bigint[] := array_fill(null::bigint, array[v_callers]);
	v_count bigint := 0;
	v_bytes bigint := 0;
	v_at timestamptz;
begin
	select o.status, o.incarnation, o.next_seq, o.first_seq, o.bytes,
		o.length, o.last_id, o.last_at, o.closed
	into v_key
	from sluice.plate_open(p_stream, p_name, false) o;
	if v_key.status = 1 and false = any (p_must_exist) then
		v_first := array_position(p_must_exist, false);
		select o.status, o.incarnation, o.next_seq, o.first_seq,
			o.bytes, o.length, o.last_id, o.last_at, o.closed
		into v_key
		from sluice.plate_open(p_stream, p_name, true) o;
	end if;
	if v_key.closed then
		v_key.status := 5;
	end if;
	v_last_id := v_key.last_id;
	if v_key.status = 0 and array_remove(p_id, null) = '{}' then
		v_auto := sluice.entry_ids_next(v_last_id, v_now,
			v_callers - v_first + 1);
	end if;
	for i in 1 .. v_callers loop
		if i < v_first then
			v_status[i] := 1;
		elsif v_key.status <> 0 then
			v_status[i] := v_key.status;
		elsif v_last_id = c_last then
			v_status[i] := 6;
		elsif v_id[i] is null then
			v_id[i] := coalesce(v_auto[i - v_first + 1],
				(sluice.entry_ids_next(v_last_id, v_now,
				1))[1]);
		elsif p_any_seq[i] and substring(v_id[i] from 1 for 8)
			= substring(v_last_id from 1 for 8) then
			v_id[i] := (sluice.entry_ids_next(v_last_id,
				timestamptz 'epoch', 1))[1];
			if substring(v_id[i] from 1 for 8)
				<> substring(v_last_id from 1 for 8) then
				v_status[i] := 7;
			end if;
		end if;
		if v_status[i] = 0 and v_id[i] <= v_last_id then
			v_status[i] := 7;
		elsif v_status[i] = 0 then
			v_last_id := v_id[i];
			v_place[i] := v_key.next_seq + v_count;
			v_count := v_count + 1;
			v_bytes := v_bytes + octet_length(p_data[i]);
		end if;
	end loop;

	if v_count > 0 then
		v_at := greatest(v_now, v_key.last_at);
		insert into sluice.entries (stream_id, incarnation, seq, at,
			id, fields, data)
		select p_stream, v_key.incarnation, u.place, v_at, u.id, true,
			u.data
		from unnest(v_place, v_id, p_data) as u (place, id, data)
		where u.place is not null;
		select c.count, c.bytes, c.first_seq
		into v_cut
		from sluice.plate_cut(p_stream, v_key.incarnation,
			v_key.first_seq, v_key.next_seq + v_count,
			v_key.length + v_count, v_key.bytes + v_bytes,
			p_max_length, p_min_id, p_nodes, p_limit * v_count,
			p_batch, p_batch_bytes) c
		where p_max_length is not null or p_min_id is not null;
		update sluice.streams s
		set next_seq = s.next_seq + v_count,
			first_seq = coalesce(v_cut.first_seq, s.first_seq),
			bytes = s.bytes + v_bytes - coalesce(v_cut.bytes, 0),
			length = s.length + v_count - coalesce(v_cut.count, 0),
			added = s.added + least(v_count,
				9223372036854775807 - s.added),
			last_id = v_last_id,
			last_at = v_at,
			expires_at = case
				when s.ttl_ms is null then s.expires_at
				else sluice.slide(s.expires_at, s.ttl_ms, v_now)
				end
		where s.stream_id = p_stream;
	end if;
	for i in 1 .. v_callers loop
		caller := i;
		status := v_status[i];
		id := case when status = 0 then v_id[i] end;
		return next;
	end loop;
end
$$;
