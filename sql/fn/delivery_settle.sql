/*
 * The rules of settle for a delivery to a consumer group that has failed, by a
 * nack or by its visibility timeout: retries are the group's own. Its dead
 * letter is a copy of the message, so that the other groups keep theirs; the
 * delivery is removed, and the message with the last one; it is failed with the
 * last that can be made.
 *
 * Says 2 for a dead letter and 3 for failed, or null for a delivery that is to
 * be made again: that one is not changed. The caller has locked the message,
 * and then the delivery.
 */
create or replace function sluice.delivery_settle(
	p_topic bigint,
	p_seq bigint,
	p_group bigint,
	p_dead integer,
	p_error text,
	p_now timestamptz)
returns smallint
language plpgsql
as $$
declare
	v_name text;
	v_expires_at timestamptz;
	-- What a worker would have made now: without ordered keys the place
	-- of a dead letter says no more than that.
	v_seq bigint := ((extract(epoch from p_now) - 1704067200)
		* 1000000)::bigint * 1024 + (p_seq & 1023);
	v_step bigint := 1024;
	v_key text;	-- only where keys are ordered
	v_noted boolean;
begin
	delete from sluice.deliveries d
	where d.topic_id = p_topic
	and d.seq = p_seq
	and d.group_id = p_group
	and p_dead > 0
	and d.retries + 1 >= p_dead
	returning d.key
	into v_key;
	if not found then
		update sluice.deliveries d
		set status = 3,
			visible_at = null,
			retries = d.retries + 1,
			last_error = p_error
		where d.topic_id = p_topic
		and d.seq = p_seq
		and d.group_id = p_group
		and d.retries + 1 >= (
			select m.max_retries
			from sluice.messages m
			where m.topic_id = p_topic
			and m.seq = p_seq);
		if not found then
			return null;
		end if;
		perform sluice.fail_message(p_topic, p_seq, p_group);
		return 3;
	end if;

	select g.name
	into v_name
	from sluice.consumer_groups g
	where g.topic_id = p_topic
	and g.group_id = p_group;
	if v_key is not null then
		-- In the microsecond of the message no other one of its key
		-- was made. Below that it is by chance: the copy of one group
		-- that is gone has had a number, and an id, too.
		v_seq := p_seq - (p_seq & 1023) + (v_seq >> 10 & 1023);
		v_step := 1;
	end if;
	loop
		insert into sluice.messages (topic_id, seq, status, visible_at,
			created_at, expires_at, dlq_moved_at, max_retries,
			dlq, consumer_group, key, last_error, metadata,
			payload)
		select m.topic_id, v_seq, 2, p_now,
			m.created_at, m.expires_at, p_now, 0,
			true, v_name, m.key, p_error, m.metadata,
			m.payload
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = p_seq
		on conflict do nothing
		returning expires_at
		into v_expires_at;
		exit when found;
		v_seq := v_seq + v_step;
	end loop;
	-- Where there are other groups, and it ends with this delivery, they
	-- have all acked it: that is what the log keeps.
	perform sluice.finish_message(p_topic, p_seq, exists (
		select
		from sluice.consumer_groups g
		join sluice.topic_configs c
		on c.topic_id = g.topic_id
		where g.topic_id = p_topic
		and g.group_id <> p_group
		and g.state = 1
		and c.replayable));
	if v_expires_at is not null then
		v_noted := sluice.note_expiry(p_topic, v_seq, v_seq, p_now,
			greatest(1, extract(epoch from v_expires_at - p_now)
				* 1000)::bigint);
	end if;
	return 2;
end
$$;
