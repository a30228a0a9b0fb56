/*
 * Acknowledge entries of a group, for several callers at once. p_caller and
 * p_id run side by side: the caller, from 1 to p_callers, and what it
 * acknowledges. The result has for each caller how many were pending until
 * then; an id that comes twice counts once, for the first of them.
 *
 * The group's row is not needed: who delivers does not touch what is pending.
 *
 * status
 *	0  done; where there is no such key or group, nothing was pending
 *	2  a key of another type
 */
create or replace function sluice.group_ack(
	p_stream bigint,
	p_name text,
	p_consumer text,
	p_callers integer,
	p_caller integer[],
	p_id bytea[],
	out status smallint,
	out acked bigint[])
language plpgsql
as $$
#variable_conflict use_column
declare
	v_row record;
	v_ack record;
begin
	status := 0;
	acked := array_fill(0::bigint, array[p_callers]);
	select s.name, s.incarnation, s.last_id
	into v_row
	from sluice.streams s
	where s.stream_id = p_stream
	and s.state = 0
	and (s.expires_at is null or s.expires_at > clock_timestamp());
	if not found then
		return;
	end if;
	if v_row.name <> p_name or v_row.last_id is null then
		status := 2;
		return;
	end if;
	-- One by one: a plan that was made while there was nothing would find
	-- those of an array by reading all that is pending.
	for v_ack in
		select distinct on (u.id) u.id, u.caller
		from unnest(p_id, p_caller) as u (id, caller)
		order by u.id, u.caller
	loop
		delete from sluice.pending h
		where h.stream_id = p_stream
		and h.incarnation = v_row.incarnation
		and h.consumer = p_consumer
		and h.id = v_ack.id;
		if found then
			acked[v_ack.caller] := acked[v_ack.caller] + 1;
		end if;
	end loop;
end
$$;
