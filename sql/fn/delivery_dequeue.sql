/*
 * Deliver up to p_n messages of a topic to a consumer group: as dequeue does,
 * and with the same arguments and hints, but what is pending, due, hidden or
 * failed are the group's own deliveries. The hints are of the group p_known,
 * and do not hold for a later one of the name. With p_dlq it is the group's
 * dead letters, which are messages.
 *
 * The last row, its seq null, is that of dequeue; its status is 0, or -1 when
 * there is no such group, and unless p_dlq it says which group it was.
 *
 * Nothing here waits for anybody, what others hold is passed over; but for the
 * topic's throughput, which all its consumers share.
 */
create or replace function sluice.delivery_dequeue(
	p_topic bigint,
	p_dlq boolean,
	p_n integer,
	p_vt_ms bigint,
	p_dead integer,
	p_from bigint,
	p_due boolean,
	p_due_from timestamptz,
	p_bytes_max bigint,
	p_limit integer,
	p_group text,
	p_known bigint)
returns table (
	seq bigint,
	tries integer,
	retries integer,
	max_retries integer,
	status smallint,
	visible_at timestamptz,
	created_at timestamptz,
	expires_at timestamptz,
	dlq_moved_at timestamptz,
	key text,
	last_error text,
	metadata bytea,
	payload bytea,
	consumer_group text,
	group_id bigint)
language plpgsql
as $$
#variable_conflict use_column
declare
	-- As in dequeue.
	c_rounds constant integer := 100;
	v_now constant timestamptz := clock_timestamp();
	v_until constant timestamptz := v_now + p_vt_ms * interval '1 ms';
	v_group bigint;
	v_n integer := 0;
	v_bytes bigint := 0;
	v_settled integer := 0;
	v_promoted integer := 0;
	v_due record;
	v_bucket record;
	v_next timestamptz;
	v_again bigint[] := '{}';
	v_seqs bigint[];
begin
	select g.group_id
	into v_group
	from sluice.consumer_groups g
	where g.topic_id = p_topic
	and g.name = p_group
	and g.state = 1;

	if p_dlq then
		return query
		select d.seq, d.tries, d.retries, d.max_retries,
			d.status, d.visible_at, d.created_at,
			d.expires_at, d.dlq_moved_at, d.key,
			d.last_error, d.metadata, d.payload,
			d.consumer_group, null::bigint
		from sluice.dead_letter_dequeue(p_topic, p_group, p_n,
			p_vt_ms, p_due_from, p_bytes_max) d;
		get diagnostics v_n = row_count;
		if v_group is null and v_n = 0 and not exists (
			select
			from sluice.messages m
			where m.topic_id = p_topic
			and m.consumer_group = p_group
			and m.visible_at is not null) then
			status := -1;
		end if;
		if v_n < p_n then
			select m.visible_at
			into visible_at
			from sluice.messages m
			where m.topic_id = p_topic
			and m.consumer_group = p_group
			and m.visible_at > v_now
			order by m.visible_at
			limit 1;
		end if;
		status := coalesce(status, 0);
		tries := 0;
		retries := 0;
		return next;
		return;
	elsif v_group is null then
		status := -1;
		tries := 0;
		retries := 0;
		return next;
		return;
	end if;

	if v_group is distinct from p_known then
		p_from := 0;
		p_due := true;
		p_due_from := '-infinity';
	end if;

	if p_limit > 0 then
		select t.tokens, t.filled_at
		into v_bucket
		from sluice.throughput(p_topic, p_limit) t;
		p_n := least(p_n, floor(v_bucket.tokens)::integer);
	end if;

	for i in 1 .. case when p_due and p_n > 0 then c_rounds else 0 end loop
		v_settled := 0;
		for v_due in
			select d.seq, d.status, d.key, m.bytes
			from sluice.deliveries d
			cross join lateral (
				select octet_length(n.payload)
					+ coalesce(octet_length(n.metadata), 0)
					as bytes
				from sluice.messages n
				where n.topic_id = p_topic
				and n.seq = d.seq
				and not n.dlq
				and n.status < 4
				and (n.expires_at is null
					or n.expires_at > v_now)
				offset 0
			) m
			where d.topic_id = p_topic
			and d.group_id = v_group
			and d.visible_at > p_due_from
			and d.visible_at <= v_now
			order by d.visible_at, d.seq
			limit p_n - v_n
			for update of d skip locked
		loop
			if v_due.status = 1 then
				-- Others of its key may wait for it.
				continue when v_due.key is not null
				and not sluice.hold_lines(p_topic, v_due.key);
				-- A message goes before its deliveries, so it
				-- is not waited for: another look finds it.
				perform
				from sluice.messages m
				where m.topic_id = p_topic
				and m.seq = v_due.seq
				for update skip locked;
				continue when not found;
				status := sluice.delivery_settle(p_topic,
					v_due.seq, v_group, p_dead,
					'visibility timeout', v_now);
				if v_due.key is not null then
					perform sluice.release(p_topic,
						array[v_due.key],
						v_now);
				end if;
				if status is not null then
					v_settled := v_settled + 1;
					v_promoted := v_promoted
						+ (status = 2)::integer;
					continue;
				end if;
			end if;
			exit when v_bytes >= p_bytes_max;
			update sluice.deliveries d
			set status = 1,
				visible_at = v_until,
				tries = d.tries + 1,
				retries = d.retries + (d.status = 1)::integer,
				last_error = case d.status
					when 1 then 'visibility timeout'
					else d.last_error end
			where d.topic_id = p_topic
			and d.seq = v_due.seq
			and d.group_id = v_group;
			v_again := v_again || v_due.seq;
			v_n := v_n + 1;
			v_bytes := v_bytes + v_due.bytes;
		end loop;
		exit when v_settled = 0
			or v_n >= p_n
			or v_bytes >= p_bytes_max;
	end loop;

	-- Messages are read only now: until its delivery was held, one could
	-- still be replaced by another one of its key.
	if v_n > 0 then
		return query
		select d.seq, d.tries, d.retries, m.max_retries,
			d.status, d.visible_at, m.created_at,
			m.expires_at, m.dlq_moved_at, m.key,
			d.last_error, m.metadata, m.payload,
			p_group, v_group
		from unnest(v_again) with ordinality as u (seq, place)
		cross join lateral (
			select e.seq, e.tries, e.retries, e.status,
				e.visible_at, e.last_error
			from sluice.deliveries e
			where e.topic_id = p_topic
			and e.seq = u.seq
			and e.group_id = v_group
			offset 0
		) d
		cross join lateral (
			select n.max_retries, n.created_at, n.expires_at,
				n.dlq_moved_at, n.key, n.metadata, n.payload
			from sluice.messages n
			where n.topic_id = p_topic
			and n.seq = u.seq
			offset 0
		) m
		order by u.place;
	end if;

	if v_n < p_n and v_bytes < p_bytes_max then
		select array_agg(w.seq order by w.seq)
		into v_seqs
		from (
			select c.seq,
				coalesce(sum(c.bytes) over (order by c.seq
					rows between unbounded preceding
					and 1 preceding),
					0) as bytes_before
			from (
				select d.seq, m.bytes
				from sluice.deliveries d
				cross join lateral (
					select octet_length(n.payload)
						+ coalesce(octet_length(
							n.metadata), 0)
						as bytes
					from sluice.messages n
					where n.topic_id = p_topic
					and n.seq = d.seq
					and not n.dlq
					and n.status < 4
					and (n.expires_at is null
						or n.expires_at > v_now)
					offset 0
				) m
				where d.topic_id = p_topic
				and d.group_id = v_group
				and d.status = 0
				and d.seq >= p_from
				order by d.seq
				limit p_n - v_n
				for update of d skip locked
			) c
		) w
		where w.bytes_before < p_bytes_max - v_bytes;
	end if;
	if v_seqs is not null then
		-- As in dequeue, the bounds keep any plan from a long walk.
		return query
		with moved as (
			update sluice.deliveries d
			set status = 1,
				visible_at = v_until,
				tries = d.tries + 1
			where d.topic_id = p_topic
			and d.seq >= v_seqs[1]
			and d.seq <= v_seqs[cardinality(v_seqs)]
			and d.seq = any (v_seqs)
			and d.group_id = v_group
			returning d.seq, d.tries, d.retries, d.status,
				d.visible_at, d.last_error
		)
		select d.seq, d.tries, d.retries, m.max_retries,
			d.status, d.visible_at, m.created_at,
			m.expires_at, m.dlq_moved_at, m.key,
			d.last_error, m.metadata, m.payload,
			p_group, v_group
		from moved d
		cross join lateral (
			select n.max_retries, n.created_at, n.expires_at,
				n.dlq_moved_at, n.key, n.metadata, n.payload
			from sluice.messages n
			where n.topic_id = p_topic
			and n.seq = d.seq
			offset 0
		) m
		order by d.seq;
		v_n := v_n + cardinality(v_seqs);
	end if;

	-- The last row, which is no message.
	seq := null;
	tries := v_promoted;
	retries := 0;
	status := 0;
	visible_at := null;
	group_id := v_group;
	if p_limit > 0 then
		v_next := sluice.throughput_spend(p_topic, p_limit,
			v_bucket.tokens, v_bucket.filled_at, v_n);
	end if;
	if v_next is not null then
		retries := 1;
		visible_at := v_next;
	elsif p_due and v_n < p_n then
		select d.visible_at
		into visible_at
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.group_id = v_group
		and d.visible_at > v_now
		and d.visible_at < 'infinity'
		order by d.visible_at
		limit 1;
	end if;
	return next;
end
$$;
