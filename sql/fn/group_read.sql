/*
 * Deliver entries that nobody of the group has been given yet, for several
 * callers at once: see sluice.group_deliver().
 *
 * The first row is no entry: its status is that of sluice.group_open(), and
 * all that there is unless that is 0.
 */
create or replace function sluice.group_read(
	p_stream bigint,
	p_name text,
	p_consumer text,
	p_member text[],
	p_count bigint[],
	p_noack boolean[],
	p_entries_max bigint,
	p_bytes_max bigint)
returns table (
	status smallint,
	id bytea,
	fields boolean,
	data bytea,
	more boolean)
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
	return next;
	if v_group.status <> 0 then
		return;
	end if;
	return query
	select null::smallint, d.id, d.fields, d.data, d.more
	from sluice.group_deliver(p_stream, v_group.incarnation, p_consumer,
		p_member, p_count, p_noack, p_entries_max, p_bytes_max) d;
end
$$;
