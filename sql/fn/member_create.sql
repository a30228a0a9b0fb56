/*
 * Make a member of a group, if it is not there: `created` says whether.
 *
 * status: that of sluice.group_open()
 */
create or replace function sluice.member_create(
	p_stream bigint,
	p_name text,
	p_consumer text,
	p_member text,
	out status smallint,
	out created boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_group record;
begin
	select g.status, g.incarnation
	into v_group
	from sluice.group_open(p_stream, p_name, p_consumer) g;
	status := v_group.status;
	if status <> 0 then
		return;
	end if;
	insert into sluice.consumer_members (stream_id, incarnation, consumer,
		member, seen_at)
	values (p_stream, v_group.incarnation, p_consumer, p_member, v_now)
	on conflict (stream_id, incarnation, consumer, member) do nothing;
	created := found;
end
$$;
