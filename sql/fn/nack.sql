/*
 * Give delivered messages of one topic back as failed. The first five
 * arguments are those of ack. At p_dead failures a message becomes a dead
 * letter (p_dead = 0: never). Short of that it is failed when its own
 * max_retries are used up. Otherwise it waits p_delay_ms (null: not at all)
 * for its next delivery, as a dead letter always does.
 *
 * The result has a row for each message given back, with the position (from
 * 1) of the element that did it, and what became of the message: status is 2
 * (pending; a dead letter if dlq) or 3 (failed), and promoted says whether it
 * has just become a dead letter.
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
begin
	return query
	with locked as materialized (
		select u.item, u.error, u.delay_ms, m.seq,
			case
			when m.dlq then 'wait'
			when p_dead > 0 and m.retries + 1 >= p_dead
				then 'promote'
			when m.retries + 1 >= m.max_retries
				then 'fail'
			else 'wait'
			end as verdict
		from unnest(p_seq, p_tries, p_base, p_dlq, p_error, p_delay_ms)
			with ordinality
			as u (seq, tries, base, dlq, error, delay_ms, item)
		join sluice.messages m
		on m.topic_id = p_topic
		and m.seq = u.seq
		where m.status = 1
		and (u.tries is null or m.tries = u.tries)
		and case when m.dlq then u.dlq else u.base end
		order by m.seq, u.item
		for update of m
	), chosen as (
		select distinct on (l.seq) l.seq, l.item, l.error, l.delay_ms,
			l.verdict
		from locked l
		order by l.seq, l.item
	)
	update sluice.messages m
	set status = case c.verdict when 'fail' then 3 else 2 end,
		visible_at = case c.verdict
			when 'wait' then v_now
				+ coalesce(c.delay_ms, 0) * interval '1 ms'
			when 'promote' then v_now end,
		retries = case c.verdict
			when 'promote' then 0
			else m.retries + 1 end,
		max_retries = case c.verdict
			when 'promote' then 0
			else m.max_retries end,
		dlq = m.dlq or c.verdict = 'promote',
		dlq_moved_at = case c.verdict
			when 'promote' then v_now
			else m.dlq_moved_at end,
		last_error = c.error
	from chosen c
	where m.topic_id = p_topic
	and m.seq = c.seq
	returning c.item::integer, m.seq, m.tries, m.status, m.dlq,
		m.visible_at,
		c.verdict = 'promote';
end
$$;
