/*
 * Delete a member of a group with what it has pending, which nobody will be
 * given again: `dropped` says how many entries that were.
 *
 * status: that of sluice.group_open()
 */
create or replace function sluice.member_delete(
	p_stream bigint,
	p_name text,
	p_consumer text,
	p_member text,
	out status smallint,
	out dropped bigint)
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
	delete from sluice.consumer_members m
	where m.stream_id = p_stream
	and m.incarnation = v_group.incarnation
	and m.consumer = p_consumer
	and m.member = p_member;
	delete from sluice.pending h
	where h.stream_id = p_stream
	and h.incarnation = v_group.incarnation
	and h.consumer = p_consumer
	and h.owner = p_member
	and h.owner >= '';
	get diagnostics dropped = row_count;
end
$$;
