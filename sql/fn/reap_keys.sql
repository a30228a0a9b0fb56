/*
 * Remove key rows whose message is gone. Looks at p_batch key rows after the
 * one given, by topic and key. A row that an enqueue holds is left to it.
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
		select k.topic_id, k.key, k.seq
		from sluice.message_keys k
		where (k.topic_id, k.key) > (p_topic, p_key collate "C")
		order by k.topic_id, k.key
		limit p_batch
	loop
		last_topic := v_row.topic_id;
		last_key := v_row.key;
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
