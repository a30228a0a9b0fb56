/*
 * Whose turn is it, in the lines of these ordered keys? Where the last one's
 * turn is over, the lowest of those behind it becomes due; a line that has
 * nobody left ends. Called at the end by whoever has ended, removed or only
 * locked messages of these keys, and at any other time it does no harm.
 *
 * Says how many messages became due for plain consumers, and on which
 * channels consumers of groups wait for others, or null.
 *
 * The rows of the lines are the locks, taken in one order. Who holds them
 * waits for no message: one that somebody has locked is left to him, who will
 * come here at his end.
 */
create or replace function sluice.release(
	p_topic bigint,
	p_keys text[],
	p_now timestamptz default null, -- when they are due
	out freed integer,
	out channels bigint[])
language plpgsql
as $$
declare
	v_now constant timestamptz := coalesce(p_now, clock_timestamp());
	v_line record;
	v_next bigint;
begin
	freed := 0;
	for v_line in
		select h.key, h.group_id, h.seq, h.low_seq
		from sluice.key_heads h
		where h.topic_id = p_topic
		and h.key = any (p_keys)
		order by h.key, h.group_id
		for update
	loop
		continue when sluice.head_lives(p_topic, v_line.group_id,
			v_line.seq, v_now);
		if v_line.group_id = 0 then
			v_next := sluice.next_message(p_topic, v_line.key,
				v_line.low_seq, v_now);
		else
			v_next := sluice.next_delivery(p_topic,
				v_line.group_id, v_line.key, v_line.low_seq,
				v_now);
		end if;

		if v_next is null then
			delete from sluice.key_heads h
			where h.topic_id = p_topic
			and h.key = v_line.key
			and h.group_id = v_line.group_id;
		elsif v_next >= 0 then
			update sluice.key_heads h
			set seq = v_next,
				low_seq = v_next
			where h.topic_id = p_topic
			and h.key = v_line.key
			and h.group_id = v_line.group_id;
			if v_line.group_id = 0 then
				freed := freed + 1;
			else
				channels := array_append(channels, (
					select g.channel
					from sluice.consumer_groups g
					where g.topic_id = p_topic
					and g.group_id = v_line.group_id));
			end if;
		end if;
	end loop;
end
$$;
