/*
 * Deliver once more what a member of a group was given and has not
 * acknowledged: of the entries after p_after, p_entries_max at most. The
 * group's row is locked by who calls this (sluice.group_open), and has looked
 * before how much it is (sluice.group_history_bytes).
 *
 * An entry that is gone is a row without data, and is not delivered.
 *
 * What is looked up row by row (offset 0) or between bounds is not joined: a
 * plan that was made while there was nothing would read all there is.
 */
create or replace function sluice.group_history(
	p_stream bigint,
	p_incarnation integer,
	p_consumer text,
	p_member text,
	p_after bytea,
	p_entries_max bigint)
returns table (
	id bytea,
	fields boolean,
	data bytea)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
begin
	perform sluice.member_seen(p_stream, p_incarnation, p_consumer,
		p_member, v_now, false);

	return query
	with mine as materialized (
		select h.id
		from sluice.pending h
		where h.stream_id = p_stream
		and h.incarnation = p_incarnation
		and h.consumer = p_consumer
		and h.owner = p_member
		and h.owner >= ''
		and h.id > p_after
		order by h.id
		limit p_entries_max
	), chosen as materialized (
		select m.id, e.fields, e.data
		from mine m
		left join lateral (
			select l.fields, l.data
			from sluice.entries l
			where l.stream_id = p_stream
			and l.incarnation = p_incarnation
			and l.id = m.id
			offset 0
		) e
		on true
	), again as (
		update sluice.pending h
		set delivered_at = v_now,
			deliveries = least(h.deliveries,
				9223372036854775806) + 1
		where h.stream_id = p_stream
		and h.incarnation = p_incarnation
		and h.consumer = p_consumer
		and h.owner = p_member
		and h.owner >= ''
		and h.id > p_after
		and h.id <= (
			select c.id
			from chosen c
			order by c.id desc
			limit 1)
		and (
			select true
			from sluice.entries l
			where l.stream_id = p_stream
			and l.incarnation = p_incarnation
			and l.id = h.id
			offset 0)
	)
	select c.id, c.fields, c.data
	from chosen c
	order by c.id;
end
$$;
