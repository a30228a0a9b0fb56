/*
 * What next_message is for plain consumers, for a consumer group.
 */
create or replace function sluice.next_delivery(
	p_topic bigint,
	p_group bigint,
	p_key text,
	p_low_seq bigint,
	p_now timestamptz)
returns bigint
language plpgsql
as $$
declare
	v_seq bigint;
begin
	select d.seq
	into v_seq
	from sluice.deliveries d
	where d.topic_id = p_topic
	and d.group_id = p_group
	and d.key = p_key
	and d.visible_at = 'infinity'
	and d.seq >= p_low_seq
	and sluice.can_be_delivered(p_topic, d.seq, p_now)
	order by d.seq
	limit 1;
	if not found then
		return null;
	end if;

	perform
	from sluice.deliveries d
	where d.topic_id = p_topic
	and d.seq = v_seq
	and d.group_id = p_group
	for no key update skip locked;
	if not found then
		return -1;
	end if;
	update sluice.deliveries d
	set visible_at = p_now
	where d.topic_id = p_topic
	and d.seq = v_seq
	and d.group_id = p_group;
	return v_seq;
end
$$;
