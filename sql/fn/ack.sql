/*
 * Remove delivered messages of one topic for good; where the topic is
 * replayable, the message log keeps them. The arrays run side by
 * side: p_tries holds the receipt, or null for none; p_base and p_dlq say
 * whether the caller may touch the message while it is in its topic and
 * while it is a dead letter.
 *
 * The result has a row for each message removed, with the position (from 1)
 * of the element that did it: one of them only, when several name the same.
 * Where keys are ordered the rows of go_on may follow: item is 0 or -1 there.
 *
 * One row a statement, found by its whole key: a plan for many at once may be
 * made while the table is empty, walk the whole topic for them, and be kept
 * when it is not.
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
	v_now constant timestamptz := clock_timestamp();
	v_replayable boolean;
	v_ordered boolean;
	v_ended text[];	-- keys whose line may go on
	v_ack record;
	v_key text;
	v_shared boolean;
begin
	select c.replayable, c.ordered
	into v_replayable, v_ordered
	from sluice.topic_configs c
	where c.topic_id = p_topic;

	-- In the order of the messages, as everywhere: no deadlocks.
	for v_ack in
		select u.seq, u.tries, u.base, u.dlq, u.item
		from unnest(p_seq, p_tries, p_base, p_dlq)
			with ordinality as u (seq, tries, base, dlq, item)
		order by u.seq, u.item
	loop
		if v_replayable then
			perform
			from sluice.messages m
			where m.topic_id = p_topic
			and m.seq = v_ack.seq
			and m.status = 1
			and (v_ack.tries is null or m.tries = v_ack.tries)
			and case when m.dlq then v_ack.dlq
				else v_ack.base end
			for update;
			continue when not found;
			perform sluice.archive(p_topic, v_ack.seq, v_now);
		end if;

		delete from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_ack.seq
		and m.status = 1
		and (v_ack.tries is null or m.tries = v_ack.tries)
		and case when m.dlq then v_ack.dlq else v_ack.base end
		returning m.seq, m.tries, m.key
		into seq, tries, v_key;
		continue when not found;

		item := v_ack.item;
		return next;

		-- Groups do not get what is gone. Asked after a message was
		-- locked: who registers one later waits for us.
		if v_shared is null then
			v_shared := exists (
				select
				from sluice.consumer_groups g
				where g.topic_id = p_topic);
		end if;
		if v_shared then
			delete from sluice.deliveries d
			where d.topic_id = p_topic
			and d.seq = v_ack.seq;
		end if;

		-- A key row that an enqueue holds is left to that enqueue.
		if v_ordered and v_key is not null then
			v_ended := array_append(v_ended, v_key);
		elsif v_key is not null then
			perform
			from sluice.message_keys k
			where k.topic_id = p_topic
			and k.key = v_key
			and k.seq = v_ack.seq
			for update skip locked;
			if found then
				delete from sluice.message_keys k
				where k.topic_id = p_topic
				and k.key = v_key;
			end if;
		end if;
	end loop;
	if v_ended is not null then
		return query
		select g.item, g.seq, null::integer
		from sluice.go_on(p_topic, v_ended) g;
	end if;
end
$$;
