/*
 * Append JSON to a stream of application/json, in your own transaction: an
 * array is one entry for each of its elements, as over HTTP, anything else is
 * one entry. The text of each stays as it is.
 *
 *	select sluice.append_json('orders', to_json(o))
 *	from orders o
 *	where o.id = 42;
 */
create or replace function sluice.append_json(
	name text,
	data json,
	key text default null,
	wake boolean default true,
	out seq bigint,
	out next_offset text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
	v_data bytea[];
begin
	if json_typeof(append_json.data) = 'array' then
		select array_agg(convert_to(a.element::text, 'UTF8')
			order by a.place)
		into v_data
		from json_array_elements(append_json.data)
			with ordinality as a (element, place);
	else
		v_data := array[convert_to(append_json.data::text, 'UTF8')];
	end if;
	select e.seq, e.next_offset
	into seq, next_offset
	from sluice.append_entries(sluice.stream_id(append_json.name),
		append_json.name, v_data, append_json.key, 'application/json',
		append_json.wake) e;
end
$$;

revoke execute on function sluice.append_json from public;
