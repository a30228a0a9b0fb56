/*
 * The end of enqueue where the messages of one key are delivered one at a time:
 * the arrays are enqueue's, none but those of metadata and delays null. None
 * replaces another, and keys may repeat.
 *
 * The first of a key for which there was no line is fresh. All others wait
 * behind, due at 'infinity', until release says that it is their turn: that
 * may be right away. Under the lock of its line a message gets a seq above all
 * earlier ones of its key, whatever the clocks of their workers said.
 */
create or replace function sluice.enqueue_ordered(
	p_topic bigint,
	p_seq bigint[],
	p_key text[],
	p_payload bytea[],
	p_metadata bytea[],
	p_delay_ms bigint[],
	p_ttl_ms bigint[],
	p_max_retries integer[],
	p_now timestamptz,
	out seqs bigint[],
	out channels bigint[])
language plpgsql
as $$
declare
	v_groups bigint[];
	v_new_keys text[];	-- those of new lines, side by side with
	v_new_groups bigint[];	-- whose these are
	v_old_keys text[];	-- keys that have had a line before
	v_message record;
	v_last bigint;
begin
	-- As if something were written there already: who registers a group
	-- from now on waits for us (see fan_out).
	lock table sluice.messages in row exclusive mode;
	select coalesce(array_agg(g.group_id), '{}'), array_agg(g.channel)
	into v_groups, channels
	from sluice.consumer_groups g
	where g.topic_id = p_topic
	and g.state < 2;

	-- Lines that are there are locked, and hardly ever written: where the
	-- plain consumers' has ended before a group's, a message from a late
	-- clock may be below all that waits in the group's.
	with lines as (
		insert into sluice.key_heads as h (topic_id, key, group_id,
			seq, low_seq, last_seq)
		select p_topic, k.key, l.group_id, k.seq, k.seq, k.last_seq
		from (
			select u.key, min(u.seq) as seq, max(u.seq) as last_seq
			from unnest(p_seq, p_key) as u (seq, key)
			where u.key is not null
			group by u.key
		) k
		cross join unnest(0::bigint || v_groups) as l (group_id)
		order by k.key collate "C", l.group_id
		on conflict (topic_id, key, group_id)
		do update set low_seq = excluded.low_seq
		where h.low_seq > excluded.low_seq
		returning h.key, h.group_id, h.seq = h.low_seq as is_new
	)
	select array_agg(n.key), array_agg(n.group_id)
	into v_new_keys, v_new_groups
	from lines n
	where n.is_new;

	seqs := p_seq;
	select array_agg(distinct u.key)
	into v_old_keys
	from unnest(p_key) as u (key)
	where u.key is not null
	and (u.key, 0::bigint) not in (
		select n.key, n.group_id
		from unnest(v_new_keys, v_new_groups) as n (key, group_id));
	if v_old_keys is not null then
		for v_message in
			select u.item, u.seq, u.key,
				row_number() over (partition by u.key
					order by u.item) = 1 as first
			from unnest(p_seq, p_key)
				with ordinality as u (seq, key, item)
			where u.key = any (v_old_keys)
			order by u.item
		loop
			-- One key may have several: its row knows the last.
			update sluice.key_heads h
			set last_seq = case
				when v_message.seq > h.last_seq
				then v_message.seq
				else h.last_seq - (h.last_seq & 1023) + 1024
					+ (v_message.seq & 1023) end
			where h.topic_id = p_topic
			and h.key = v_message.key
			and h.group_id = 0
			returning h.last_seq
			into v_last;
			seqs[v_message.item] := v_last;
			continue when v_last = v_message.seq
				or not v_message.first;

			-- A group's line that is new begins with that one.
			update sluice.key_heads h
			set seq = v_last,
				low_seq = v_last
			where h.topic_id = p_topic
			and h.key = v_message.key
			and h.group_id in (
				select n.group_id
				from unnest(v_new_keys, v_new_groups)
					as n (key, group_id)
				where n.key = v_message.key);
		end loop;
	end if;

	insert into sluice.messages (topic_id, seq, status, visible_at,
		created_at, expires_at, max_retries, key, metadata, payload)
	select p_topic,
		u.seq,
		case when u.behind or u.delay_ms > 0 then 2 else 0 end,
		case when u.behind then 'infinity'
			when u.delay_ms > 0
			then p_now + u.delay_ms * interval '1 ms' end,
		p_now,
		case when u.ttl_ms > 0
			then p_now + u.ttl_ms * interval '1 ms' end,
		u.max_retries,
		u.key,
		u.metadata,
		u.payload
	from (
		select w.seq, w.key, w.payload, w.metadata, w.delay_ms,
			w.ttl_ms, w.max_retries,
			w.key is not null and (w.key = any (v_old_keys)
				or row_number() over (partition by w.key
					order by w.item) > 1) is true
				as behind
		from unnest(seqs, p_key, p_payload, p_metadata, p_delay_ms,
			p_ttl_ms, p_max_retries)
			with ordinality as w (seq, key, payload, metadata,
				delay_ms, ttl_ms, max_retries, item)
	) u;

	if v_groups <> '{}' then
		perform sluice.fan_out_ordered(p_topic, seqs, p_key, v_groups,
			v_new_keys, v_new_groups);
	end if;

	-- Who was behind may be the first by now; a new line has its first.
	if v_groups <> '{}' then
		perform sluice.release(p_topic, p_key);
	elsif v_old_keys is not null then
		perform sluice.release(p_topic, v_old_keys);
	end if;
end
$$;
