/*
 * A message that no consumer group can be delivered any more, as those that
 * have not acked it have all failed it, is failed: as the delivery to p_group,
 * or else to any of them. One that a plain consumer is processing is left to
 * him. The caller has locked it.
 */
create or replace function sluice.fail_message(
	p_topic bigint,
	p_seq bigint,
	p_group bigint default null)
returns void
language plpgsql
as $$
declare
	v_retries integer;
	v_error text;
begin
	perform
	from sluice.deliveries d
	where d.topic_id = p_topic
	and d.seq = p_seq
	and d.status < 3
	limit 1;
	if found then
		return;
	end if;

	select d.retries, d.last_error
	into v_retries, v_error
	from sluice.deliveries d
	where d.topic_id = p_topic
	and d.seq = p_seq
	and (p_group is null or d.group_id = p_group)
	limit 1;
	if not found then
		return;
	end if;
	update sluice.messages m
	set status = 3,
		visible_at = null,
		retries = v_retries,
		last_error = v_error
	where m.topic_id = p_topic
	and m.seq = p_seq
	and m.status in (0, 2)
	and not m.dlq;
end
$$;
