/*
 * The rules for a message whose delivery has failed, by a nack or by its
 * visibility timeout. At p_dead failures it becomes a dead letter (p_dead = 0:
 * never); short of that it is failed when its own max_retries are used up.
 *
 * A dead letter has left its topic: groups are not delivered it any more.
 *
 * Says the new status, 2 for a dead letter and 3 for failed, or null for a
 * message that is to be delivered again, as dead letters always are: that one
 * is not changed. The caller has locked it.
 */
create or replace function sluice.settle(
	p_topic bigint,
	p_seq bigint,
	p_dead integer,
	p_error text,
	p_now timestamptz)
returns smallint
language plpgsql
as $$
begin
	update sluice.messages m
	set status = 2,
		visible_at = p_now,
		retries = 0,
		max_retries = 0,
		dlq = true,
		dlq_moved_at = p_now,
		last_error = p_error
	where m.topic_id = p_topic
	and m.seq = p_seq
	and not m.dlq
	and p_dead > 0
	and m.retries + 1 >= p_dead;
	if found then
		delete from sluice.deliveries d
		where d.topic_id = p_topic
		and d.seq = p_seq;
		return 2;
	end if;

	update sluice.messages m
	set status = 3,
		visible_at = null,
		retries = m.retries + 1,
		last_error = p_error
	where m.topic_id = p_topic
	and m.seq = p_seq
	and not m.dlq
	and m.retries + 1 >= m.max_retries;
	if found then
		return 3;
	end if;
	return null;
end
$$;
