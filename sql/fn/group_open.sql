/*
 * Take a consumer group: lock its row, so that what it delivers, claims and
 * forgets happens in one order, and say what the row has. The stream's row is
 * not locked: entries may come and go meanwhile.
 *
 * status
 *	0  held
 *	1  there is no such key
 *	2  a key of another type
 *	3  there is no such group
 *	11 somebody has the group: come again
 */
create or replace function sluice.group_open(
	p_stream bigint,
	p_name text,
	p_consumer text,
	out status smallint,
	out incarnation integer,
	out last_id bytea,
	out entries_read bigint)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_row record;
begin
	select s.name, s.incarnation, s.last_id
	into v_row
	from sluice.streams s
	where s.stream_id = p_stream
	and s.state = 0
	and (s.expires_at is null or s.expires_at > clock_timestamp());
	if not found then
		status := 1;
		return;
	end if;
	if v_row.name <> p_name or v_row.last_id is null then
		status := 2;
		return;
	end if;
	incarnation := v_row.incarnation;
	select c.last_id, c.entries_read
	into last_id, entries_read
	from sluice.consumers c
	where c.stream_id = p_stream
	and c.incarnation = v_row.incarnation
	and c.consumer = p_consumer
	for update skip locked;
	if found then
		status := 0;
		return;
	end if;
	perform
	from sluice.consumers c
	where c.stream_id = p_stream
	and c.incarnation = v_row.incarnation
	and c.consumer = p_consumer;
	status := case when found then 11 else 3 end;
end
$$;
