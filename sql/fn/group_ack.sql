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
	for v_row in
		with held as materialized (
			select h.id, w.caller
			from (
				select distinct on (u.id) u.id, u.caller
				from unnest(p_id, p_caller) as u (id, caller)
				order by u.id, u.caller
			) w
			join sluice.pending h
			on h.stream_id = p_stream
			and h.incarnation = v_row.incarnation
			and h.consumer = p_consumer
			and h.id = w.id
			order by h.id
			for update of h
		), gone as (
			delete from sluice.pending h
			using held d
			where h.stream_id = p_stream
			and h.incarnation = v_row.incarnation
			and h.consumer = p_consumer
			and h.id = d.id
			returning d.caller
		)
		select g.caller, count(*) as n
		from gone g
		group by g.caller
	loop
		acked[v_row.caller] := v_row.n;
	end loop;
end
$$;
