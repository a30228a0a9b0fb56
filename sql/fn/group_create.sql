/*
 * Create a consumer group. With p_id null it begins behind the last entry
 * there is, and with p_make the key is made if it is not there.
 *
 * status: that of sluice.plate_open(), and
 *	20 there is such a group
 */
create or replace function sluice.group_create(
	p_stream bigint,
	p_name text,
	p_consumer text,
	p_id bytea,
	p_entries_read bigint,
	p_make boolean,
	out status smallint)
language plpgsql
as $$
declare
	v_row record;
begin
	select o.status, o.incarnation, o.last_id
	into v_row
	from sluice.plate_open(p_stream, p_name, p_make) o;
	status := v_row.status;
	if status <> 0 then
		return;
	end if;
	insert into sluice.consumers (stream_id, incarnation, consumer,
		last_id, entries_read)
	values (p_stream, v_row.incarnation, p_consumer,
		coalesce(p_id, v_row.last_id), p_entries_read)
	on conflict (stream_id, incarnation, consumer) do nothing;
	if not found then
		status := 20;
	end if;
end
$$;
