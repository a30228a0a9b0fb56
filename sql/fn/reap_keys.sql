/*
 * Remove key rows whose message is gone. Looks at about p_batch rows after the
 * key given, by topic and key. A row that an enqueue holds is left to it.
 *
 * In a line of an ordered key somebody's turn is over only together with the
 * next one's beginning. Should it not have been so, because somebody changed
 * rows by hand, say, it is made good here.
 *
 * Says how many were removed, and the last row looked at: null at the end.
 */
create or replace function sluice.reap_keys(
	p_topic bigint,
	p_key text,
	p_batch bigint,
	out count bigint,
	out last_topic bigint,
	out last_key text)
language plpgsql
as $$
declare
	v_row record;
begin
	count := 0;
	for v_row in
		(select k.topic_id, k.key, k.seq, null::bigint as group_id
		from sluice.message_keys k
		where (k.topic_id, k.key) > (p_topic, p_key collate "C")
		order by k.topic_id, k.key
		limit p_batch)
		union all
		(select h.topic_id, h.key, h.seq, h.group_id
		from sluice.key_heads h
		where (h.topic_id, h.key) > (p_topic, p_key collate "C")
		order by h.topic_id, h.key
		fetch first (p_batch) rows with ties)
		order by 1, 2
		-- A key's lines are all looked at, or none: the next call
		-- goes on after the key.
		fetch first (p_batch) rows with ties
	loop
		last_topic := v_row.topic_id;
		last_key := v_row.key;
		if v_row.group_id is not null then
			if not sluice.head_lives(v_row.topic_id,
				v_row.group_id, v_row.seq,
				clock_timestamp()) then
				perform sluice.release_all(v_row.topic_id,
					array[v_row.key]);
			end if;
			continue;
		end if;
		continue when exists (
			select
			from sluice.messages m
			where m.topic_id = v_row.topic_id
			and m.seq = v_row.seq);
		perform
		from sluice.message_keys k
		where k.topic_id = v_row.topic_id
		and k.key = v_row.key
		and k.seq = v_row.seq
		for update skip locked;
		continue when not found;
		delete from sluice.message_keys k
		where k.topic_id = v_row.topic_id
		and k.key = v_row.key;
		count := count + 1;
	end loop;
end
$$;
