/*
 * Delete all messages of a topic, or all its dead letters, that have one key,
 * whatever their state. Says how many.
 */
create or replace function sluice.delete_by_key(
	p_topic bigint,
	p_dlq boolean,
	p_key text)
returns bigint
language plpgsql
as $$
declare
	v_count bigint := 0;
	v_seq bigint;
begin
	for v_seq in
		select m.seq
		from sluice.messages m
		where m.topic_id = p_topic
		and m.key = p_key
		and m.dlq = p_dlq
		order by m.seq
		for update
	loop
		delete from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_seq;
		delete from sluice.deliveries d
		where d.topic_id = p_topic
		and d.seq = v_seq;
		v_count := v_count + 1;
	end loop;
	perform sluice.release_all(p_topic, array[p_key]);
	return v_count;
end
$$;
