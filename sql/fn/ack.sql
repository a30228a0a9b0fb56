/*
 * Remove delivered messages of one topic for good. The arrays run side by
 * side: p_tries holds the receipt, or null for none; p_base and p_dlq say
 * whether the caller may touch the message while it is in its topic and
 * while it is a dead letter.
 *
 * The result has a row for each message removed, with the position (from 1)
 * of the element that did it: one of them only, when several name the same.
 */
create or replace function sluice.ack(
	p_topic bigint,
	p_seq bigint[],
	p_tries integer[],
	p_base boolean[],
	p_dlq boolean[])
returns table (item integer, seq bigint, tries integer)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_item integer[];
	v_seq bigint[];
	v_tries integer[];
	v_key text[];
begin
	with locked as materialized (
		select u.item, m.seq
		from unnest(p_seq, p_tries, p_base, p_dlq)
			with ordinality as u (seq, tries, base, dlq, item)
		join sluice.messages m
		on m.topic_id = p_topic
		and m.seq = u.seq
		where m.status = 1
		and (u.tries is null or m.tries = u.tries)
		and case when m.dlq then u.dlq else u.base end
		order by m.seq, u.item
		for update of m
	), chosen as (
		select distinct on (l.seq) l.seq, l.item
		from locked l
		order by l.seq, l.item
	), gone as (
		delete from sluice.messages m
		using chosen c
		where m.topic_id = p_topic
		and m.seq = c.seq
		returning c.item, m.seq, m.tries, m.key
	)
	select array_agg(g.item), array_agg(g.seq), array_agg(g.tries),
		array_agg(g.key)
	into v_item, v_seq, v_tries, v_key
	from gone g;

	-- A key row that an enqueue holds is left to that enqueue.
	if array_remove(v_key, null) <> '{}' then
		with spent as materialized (
			select k.key
			from unnest(v_key, v_seq) as u (key, seq)
			join sluice.message_keys k
			on k.topic_id = p_topic
			and k.key = u.key
			where k.seq = u.seq
			for update of k skip locked
		)
		delete from sluice.message_keys k
		using spent s
		where k.topic_id = p_topic
		and k.key = s.key;
	end if;

	return query
	select u.item, u.seq, u.tries
	from unnest(v_item, v_seq, v_tries) as u (item, seq, tries);
end
$$;
