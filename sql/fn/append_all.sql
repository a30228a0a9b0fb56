/*
 * Append several entries to a stream, in your own transaction: as
 * sql/fn/append.sql does with one.
 */
create or replace function sluice.append_all(
	name text,
	data bytea[],
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
	from sluice.append_entries(sluice.stream_id(append_all.name),
		append_all.name, append_all.data, append_all.key,
		lower(split_part(append_all.content_type, ';', 1)),
		append_all.wake) e;
end
$$;

revoke execute on function sluice.append_all from public;
