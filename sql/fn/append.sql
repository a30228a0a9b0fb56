/*
 * Append an entry to a stream, in your own transaction, together with your
 * own rows:
 *
 *	select next_offset from sluice.append('orders', 'some bytes');
 *
 * The stream must be there. On one of application/json, data must be a JSON
 * value, which is one entry, even if it is an array. With a content_type the
 * stream must be of that. See docs/streams.md for all of it.
 *
 * Those who may execute it need no rights on the tables.
 */
create or replace function sluice.append(
	name text,
	data bytea,
	key text default null,
	content_type text default null,
	wake boolean default true,
	out seq bigint,
	out next_offset text)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
	select e.seq, e.next_offset
	into seq, next_offset
	from sluice.append_entries(sluice.stream_id(append.name), append.name,
		array[append.data], append.key,
		lower(split_part(append.content_type, ';', 1)), append.wake) e;
end
$$;

revoke execute on function sluice.append from public;
