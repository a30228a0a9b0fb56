/*
 * Is the message still pending for every consumer group of the topic? Then
 * nobody is delivered it until the transaction ends. The caller has locked it.
 */
create or replace function sluice.awaited_by_all(
	p_topic bigint,
	p_seq bigint)
returns boolean
language plpgsql
as $$
declare
	v_group bigint;
begin
	for v_group in
		select g.group_id
		from sluice.consumer_groups g
		where g.topic_id = p_topic
		and g.state < 2
	loop
		perform
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.seq = p_seq
		and d.group_id = v_group
		and d.status in (0, 2)
		for update;
		if not found then
			return false;
		end if;
	end loop;
	return true;
end
$$;
