/*
 * Give delivered messages of one topic back as failed. The first five
 * arguments are those of ack. A message becomes a dead letter at p_dead
 * failures, or is failed, by the rules of settle; otherwise it waits
 * p_delay_ms (null: not at all) for its next delivery.
 *
 * The result has a row for each message given back, with the position (from
 * 1) of the element that did it, and what became of the message: status is 2
 * (pending; a dead letter if dlq) or 3 (failed), and promoted says whether it
 * has just become a dead letter. The rows of go_on may follow, as in ack.
 */
create or replace function sluice.nack(
	p_topic bigint,
	p_seq bigint[],
	p_tries integer[],
	p_base boolean[],
	p_dlq boolean[],
	p_error text[],
	p_delay_ms bigint[],
	p_dead integer)
returns table (
	item integer,
	seq bigint,
	tries integer,
	status smallint,
	dlq boolean,
	visible_at timestamptz,
	promoted boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_now constant timestamptz := clock_timestamp();
	v_nack record;
	v_key text;
	v_ended text[];	-- keys whose line may go on
begin
	for v_nack in
		select u.seq, u.tries, u.base, u.dlq, u.error, u.item,
			coalesce(u.delay_ms, 0) * interval '1 ms' as delay
		from unnest(p_seq, p_tries, p_base, p_dlq, p_error, p_delay_ms)
			with ordinality
			as u (seq, tries, base, dlq, error, delay_ms, item)
		order by u.seq, u.item
	loop
		select m.seq, m.tries, m.dlq, m.key
		into seq, tries, dlq, v_key
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_nack.seq
		and m.status = 1
		and (v_nack.tries is null or m.tries = v_nack.tries)
		and case when m.dlq then v_nack.dlq else v_nack.base end
		for update;
		continue when not found;

		status := sluice.settle(p_topic, seq, p_dead, v_nack.error,
			v_now);
		if status is not null and not dlq and v_key is not null then
			v_ended := array_append(v_ended, v_key);
		end if;
		promoted := coalesce(status = 2, false);
		dlq := dlq or promoted;
		visible_at := case status when 2 then v_now end;
		if status is null then
			status := 2;
			visible_at := v_now + v_nack.delay;
			update sluice.messages m
			set status = 2,
				visible_at = v_now + v_nack.delay,
				retries = m.retries + 1,
				last_error = v_nack.error
			where m.topic_id = p_topic
			and m.seq = v_nack.seq;
		end if;
		item := v_nack.item;
		return next;
	end loop;
	-- No line is there where keys are not ordered.
	if v_ended is not null then
		return query
		select g.item, g.seq, null::integer, null::smallint,
			null::boolean, null::timestamptz, null::boolean
		from sluice.go_on(p_topic, v_ended) g;
	end if;
end
$$;
