/*
 * Destroy a group, and all that was pending in it.
 *
 * status: that of sluice.group_open()
 */
create or replace function sluice.group_destroy(
	p_stream bigint,
	p_name text,
	p_consumer text,
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
	delete from sluice.consumers c
	where c.stream_id = p_stream
	and c.incarnation = v_group.incarnation
	and c.consumer = p_consumer;
	delete from sluice.consumer_members m
	where m.stream_id = p_stream
	and m.incarnation = v_group.incarnation
	and m.consumer = p_consumer;
	delete from sluice.pending h
	where h.stream_id = p_stream
	and h.incarnation = v_group.incarnation
	and h.consumer = p_consumer;
end
$$;
