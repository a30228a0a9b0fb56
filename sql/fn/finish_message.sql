/*
 * Remove a message that no consumer group waits for any more, unless one does
 * after all: the one place where a message of groups ends. It stays as failed
 * when deliveries are left, but only failed ones. The caller has locked it, and
 * has just removed a delivery of it.
 *
 * With p_archive the topic, which is replayable, keeps it in its log; p_group,
 * p_retries and p_error are those of the delivery that was the last, if it was
 * acked. Says whether the message was removed.
 */
create or replace function sluice.finish_message(
	p_topic bigint,
	p_seq bigint,
	p_archive boolean,
	p_group text default null,
	p_retries integer default null,
	p_error text default null)
returns boolean
language plpgsql
as $$
declare
	v_key text;
begin
	if p_archive then
		perform
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.seq = p_seq
		limit 1;
		if found then
			perform sluice.fail_message(p_topic, p_seq);
			return false;
		end if;
		perform sluice.archive(p_topic, p_seq, clock_timestamp(),
			p_group, p_retries, p_error);
	end if;
	delete from sluice.messages m
	where m.topic_id = p_topic
	and m.seq = p_seq
	and not exists (
		select
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.seq = p_seq)
	returning m.key
	into v_key;
	if not found then
		perform sluice.fail_message(p_topic, p_seq);
		return false;
	end if;
	-- A key row that an enqueue holds is left to that enqueue.
	if v_key is not null then
		perform
		from sluice.message_keys k
		where k.topic_id = p_topic
		and k.key = v_key
		and k.seq = p_seq
		for update skip locked;
		if found then
			delete from sluice.message_keys k
			where k.topic_id = p_topic
			and k.key = v_key;
		end if;
	end if;
	return true;
end
$$;
