/*
 * Enqueue messages of one topic. The arrays run side by side; those of keys,
 * metadata, delays and times to live may be null as a whole, and so may
 * their elements. One time to live, or one number of retries, holds for all.
 * seq is the worker's, and ascends. A delay or a time to live of 0 is none.
 *
 * The result has one seq for each message: its own, or that of the pending
 * message of the same key that it replaced. That one keeps its place, its
 * retries, its delay and its expiry. Keys do not repeat within a call. Where
 * there are groups, a message is replaced only while it is pending for each
 * of them: who was delivered the old one is delivered the new one too. Unless
 * p_replace, none is replaced, and keys may repeat. Nor is any where the
 * topic's keys are ordered: see enqueue_ordered.
 *
 * channels are where the consumers of the topic's groups wait, or null.
 *
 * With p_max_depth the whole call is refused, seqs being null, when pending
 * and processing messages would become more.
 */
create or replace function sluice.enqueue(
	p_topic bigint,
	p_seq bigint[],
	p_key text[],
	p_payload bytea[],
	p_metadata bytea[],
	p_delay_ms bigint[],
	p_ttl_ms bigint[],
	p_max_retries integer[],
	p_max_depth integer,
	p_replace boolean default true,
	out seqs bigint[],
	out channels bigint[])
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_depth bigint;
	v_keyed integer[];	-- positions of the keyed messages, by key
	v_held bigint[];	-- what the row of each of these keys points at
	v_item integer;
	v_old bigint;
	v_expires_at timestamptz;
	v_last constant bigint := p_seq[cardinality(p_seq)];
	v_ttl_ms bigint;
	v_noted boolean;
	v_ordered boolean := false;
begin
	if p_max_depth is not null then
		-- One such call at a time: what it counts is what there is.
		perform
		from sluice.topics t
		where t.topic_id = p_topic
		for no key update;
		select count(*)
		into v_depth
		from (
			(select 1
			from sluice.messages m
			where m.topic_id = p_topic
			and m.status = 0
			limit p_max_depth)
			union all
			(select 1
			from sluice.messages m
			where m.topic_id = p_topic
			and not m.dlq
			and m.visible_at is not null
			limit p_max_depth)
		) held;
		if v_depth + cardinality(p_seq) > p_max_depth then
			return;
		end if;
	end if;

	-- Most calls are plain, and a row costs a seventh less where only what
	-- differs is taken from arrays.
	if p_key is null
	and p_metadata is null
	and p_delay_ms is null
	and coalesce(cardinality(p_ttl_ms), 1) = 1
	and cardinality(p_max_retries) = 1 then
		v_expires_at := case when p_ttl_ms[1] > 0
			then v_now + p_ttl_ms[1] * interval '1 ms' end;
		insert into sluice.messages (topic_id, seq, status, created_at,
			expires_at, max_retries, payload)
		select p_topic, u.seq, 0, v_now, v_expires_at,
			p_max_retries[1], u.payload
		from unnest(p_seq, p_payload) as u (seq, payload);
		channels := sluice.fan_out(p_topic, p_seq, true);
		-- Assigned, as that is cheaper than a query that performs it.
		if v_expires_at is not null then
			v_noted := sluice.note_expiry(p_topic, p_seq[1],
				v_last, v_now, p_ttl_ms[1]);
		end if;
		seqs := p_seq;
		return;
	end if;

	seqs := p_seq;
	if cardinality(p_ttl_ms) = 1 then
		p_ttl_ms := array_fill(p_ttl_ms[1], array[cardinality(p_seq)]);
	end if;
	if cardinality(p_max_retries) = 1 then
		p_max_retries := array_fill(p_max_retries[1],
			array[cardinality(p_seq)]);
	end if;

	if p_key is not null then
		select c.ordered
		into v_ordered
		from sluice.topic_configs c
		where c.topic_id = p_topic;
	end if;
	if v_ordered then
		select e.seqs, e.channels
		into seqs, channels
		from sluice.enqueue_ordered(p_topic, p_seq, p_key, p_payload,
			p_metadata, p_delay_ms, p_ttl_ms, p_max_retries,
			v_now) e;
	elsif p_key is not null and p_replace then
		select array_agg(u.item order by u.key collate "C")
		into v_keyed
		from unnest(p_key) with ordinality as u (key, item)
		where u.key is not null;

		-- Every key row is locked, in the order of the keys. One that
		-- is new points at its message already.
		with locked as (
			insert into sluice.message_keys as k (topic_id, key,
				seq)
			select p_topic, p_key[u.item], p_seq[u.item]
			from unnest(v_keyed) with ordinality as u (item, place)
			order by u.place
			on conflict (topic_id, key)
			do update set seq = k.seq
			returning k.key, k.seq
		)
		select array_agg(l.seq order by l.key)
		into v_held
		from locked l;

		-- A key that was there has a message to replace, unless that
		-- is not pending any more: then it points at ours from now on.
		for v_item, v_old in
			select u.item, u.seq
			from unnest(v_keyed, v_held) as u (item, seq)
			where u.seq <> p_seq[u.item]
			order by u.seq
		loop
			perform
			from sluice.messages m
			where m.topic_id = p_topic
			and m.seq = v_old
			and m.status in (0, 2)
			and not m.dlq
			and (m.expires_at is null or m.expires_at > v_now)
			for no key update;
			if found and sluice.awaited_by_all(p_topic, v_old) then
				update sluice.messages m
				set payload = p_payload[v_item],
					metadata = p_metadata[v_item],
					max_retries = p_max_retries[v_item]
				where m.topic_id = p_topic
				and m.seq = v_old;
				seqs[v_item] := v_old;
			else
				update sluice.message_keys k
				set seq = p_seq[v_item]
				where k.topic_id = p_topic
				and k.key = p_key[v_item];
			end if;
		end loop;
	end if;

	if v_ordered is distinct from true then
		insert into sluice.messages (topic_id, seq, status, visible_at,
			created_at, expires_at, max_retries, key, metadata,
			payload)
		select p_topic,
			u.seq,
			case when u.delay_ms > 0 then 2 else 0 end,
			case when u.delay_ms > 0
				then v_now + u.delay_ms * interval '1 ms' end,
			v_now,
			case when u.ttl_ms > 0
				then v_now + u.ttl_ms * interval '1 ms' end,
			u.max_retries,
			u.key,
			u.metadata,
			u.payload
		from unnest(p_seq, p_key, p_payload, p_metadata, p_delay_ms,
			p_ttl_ms, p_max_retries)
			with ordinality as u (seq, key, payload, metadata,
				delay_ms, ttl_ms, max_retries, item)
		where u.seq = seqs[u.item];
		channels := sluice.fan_out(p_topic, seqs, false);
	end if;

	for v_ttl_ms in
		select distinct u.ttl_ms
		from unnest(p_ttl_ms) as u (ttl_ms)
		where u.ttl_ms > 0
		order by u.ttl_ms
	loop
		v_noted := sluice.note_expiry(p_topic, seqs[1],
			greatest(v_last, seqs[cardinality(seqs)]), v_now,
			v_ttl_ms);
	end loop;
end
$$;
