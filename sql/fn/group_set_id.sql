/*
 * Move a group's place: what comes after p_id is new to it. With p_id null it
 * is behind the last entry there is.
 *
 * status: that of sluice.group_open()
 */
create or replace function sluice.group_set_id(
	p_stream bigint,
	p_name text,
	p_consumer text,
	p_id bytea,
	p_entries_read bigint,
	out status smallint)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_group record;
begin
	select g.status, g.incarnation
	into v_group
	from sluice.group_open(p_stream, p_name, p_consumer) g;
	status := v_group.status;
	if status <> 0 then
		return;
	end if;
	update sluice.consumers c
	set last_id = coalesce(p_id, s.last_id),
		entries_read = p_entries_read
	from sluice.streams s
	where s.stream_id = p_stream
	and c.stream_id = p_stream
	and c.incarnation = v_group.incarnation
	and c.consumer = p_consumer;
end
$$;
