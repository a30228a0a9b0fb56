/*
 * The ids of p_count entries that are added at p_at, behind p_last, and have
 * none of their own: the milliseconds since 1970 and 0 or, if p_last has come
 * that far already, the one that follows it; and the ones behind. So ids never
 * go back with a clock. Null when there are not so many left.
 *
 * A bigint holds half an id, as if it were unsigned: -1 is the last number.
 */
create or replace function sluice.entry_ids_next(
	p_last bytea,
	p_at timestamptz,
	p_count integer)
returns bytea[]
language plpgsql
immutable
parallel safe
as $$
declare
	c_max constant bigint := 9223372036854775807;
	v_ms bigint := floor(extract(epoch from p_at) * 1000);
	v_seq bigint := 0;
	v_ids bytea[] := '{}';
begin
	if int8send(v_ms) <= substring(p_last from 1 for 8) then
		v_ms := ('x' || encode(substring(p_last from 1 for 8),
			'hex'))::bit(64)::bigint;
		v_seq := ('x' || encode(substring(p_last from 9 for 8),
			'hex'))::bit(64)::bigint;
		v_seq := case v_seq when c_max then -c_max - 1
			else v_seq + 1 end;
		if v_seq = 0 then
			if v_ms = -1 then
				return null;
			end if;
			v_ms := case v_ms when c_max then -c_max - 1
				else v_ms + 1 end;
		end if;
	end if;
	if p_count = 1 then
		return array[int8send(v_ms) || int8send(v_seq)];
	elsif v_seq between 0 and c_max - p_count or v_seq < -p_count then
		select array_agg(int8send(v_ms) || int8send(n.seq)
			order by n.seq)
		into v_ids
		from generate_series(v_seq, v_seq + p_count - 1) as n (seq);
		return v_ids;
	end if;
	for i in 1 .. p_count loop
		v_ids := v_ids || (int8send(v_ms) || int8send(v_seq));
		exit when i = p_count;
		v_seq := case v_seq when c_max then -c_max - 1
			else v_seq + 1 end;
		if v_seq = 0 then
			if v_ms = -1 then
				return null;
			end if;
			v_ms := case v_ms when c_max then -c_max - 1
				else v_ms + 1 end;
		end if;
	end loop;
	return v_ids;
end
$$;
