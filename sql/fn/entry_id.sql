/*
 * The 16 bytes of an id that is written "1526919030474-55", or "1526919030474"
 * for "1526919030474-0": what sluice.entries.id is compared with.
 *
 *	select convert_from(e.data, 'UTF8')
 *	from sluice.entries e
 *	where e.stream_id = sluice.stream_id('shop/events')
 *	and e.id >= sluice.entry_id('1526919030474-0');
 */
create or replace function sluice.entry_id(
	p_text text)
returns bytea
language plpgsql
immutable
strict
parallel safe
as $$
declare
	v_half numeric;
	v_id bytea := '';
begin
	for i in 1 .. 2 loop
		v_half := case when p_text ~ '^[0-9]{1,20}(-[0-9]{1,20})?$'
			then coalesce(nullif(split_part(p_text, '-', i), ''),
				'0')
			end;
		if v_half is null or v_half > 18446744073709551615 then
			raise exception using
				errcode = 'invalid_text_representation',
				message = format('not an entry''s id: %L',
					p_text);
		end if;
		v_id := v_id || int8send((v_half - case
			when v_half > 9223372036854775807
			then 18446744073709551616 else 0 end)::bigint);
	end loop;
	return v_id;
end
$$;
