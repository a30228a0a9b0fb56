/*
 * Deliver up to p_n messages of a topic, or of its dead letters: first those
 * that are due again, by the time they became due, then fresh ones, oldest
 * first. They are hidden for p_vt_ms. The sum of the bytes of payloads and
 * metadata passes p_bytes_max by at most one message.
 *
 * A message whose last delivery timed out has failed once more, and is not
 * delivered when settle makes it a dead letter or failed.
 *
 * With p_limit no more are delivered than the topic's throughput allows, and
 * only what is delivered counts.
 *
 * One more row follows the messages, its seq null: as tries it has how many
 * became dead letters, and as visible_at, when p_due and fewer than p_n were
 * delivered, the next time at which something becomes due. Where the
 * throughput was what ended it, retries is 1, and visible_at the time of the
 * next message's delivery.
 *
 * The rest are hints, so that dead index entries are not walked at each call:
 * fresh messages below p_from, and due ones before p_due_from, are not looked
 * at, and none that are due, now or next, unless p_due. While a transaction
 * is open somewhere, a look at what is due next walks all that was delivered
 * since, 16 ms for 100,000 messages: it should be rare.
 */
create or replace function sluice.dequeue(
	p_topic bigint,
	p_dlq boolean,
	p_n integer,
	p_vt_ms bigint,
	p_dead integer,
	p_from bigint,
	p_due boolean,
	p_due_from timestamptz,
	p_bytes_max bigint,
	p_limit integer default null)
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
	consumer_group text)
language plpgsql
as $$
#variable_conflict use_column
declare
	-- Each round settles at most p_n messages that have failed once too
	-- often. Whoever would need more rounds gets fewer messages.
	c_rounds constant integer := 100;
	v_now constant timestamptz := clock_timestamp();
	v_until constant timestamptz := v_now + p_vt_ms * interval '1 ms';
	v_n integer := 0;
	v_bytes bigint := 0;
	v_settled integer := 0;
	v_promoted integer := 0;
	v_fresh integer;
	v_due record;
	v_key text;
	v_bucket record;
	v_next timestamptz;
begin
	if p_limit > 0 then
		select t.tokens, t.filled_at
		into v_bucket
		from sluice.throughput(p_topic, p_limit) t;
		p_n := least(p_n, floor(v_bucket.tokens)::integer);
	end if;

	for i in 1 .. case when p_due and p_n > 0 then c_rounds else 0 end loop
		v_settled := 0;
		for v_due in
			select m.seq, m.status, m.key, m.dlq,
				octet_length(m.payload)
					+ coalesce(octet_length(m.metadata), 0)
					as bytes
			from sluice.messages m
			where m.topic_id = p_topic
			and m.dlq = p_dlq
			and m.visible_at > p_due_from
			and m.visible_at <= v_now
			and (m.expires_at is null or m.expires_at > v_now)
			order by m.visible_at, m.seq
			limit p_n - v_n
			for update skip locked
		loop
			if v_due.status = 1 then
				-- It may end, and others of its key wait for
				-- that. Here nobody is waited for.
				v_key := case when not v_due.dlq then v_due.key
					end;
				continue when v_key is not null
				and not sluice.hold_lines(p_topic, v_key);
				status := sluice.settle(p_topic, v_due.seq,
					p_dead, 'visibility timeout', v_now);
				if status is not null then
					if v_key is not null then
						perform sluice.release(
							p_topic,
							array[v_key],
							v_now);
					end if;
					v_settled := v_settled + 1;
					v_promoted := v_promoted
						+ (status = 2)::integer;
					continue;
				end if;
			end if;
			exit when v_bytes >= p_bytes_max;
			update sluice.messages m
			set status = 1,
				visible_at = v_until,
				tries = m.tries + 1,
				retries = m.retries + (m.status = 1)::integer,
				last_error = case m.status
					when 1 then 'visibility timeout'
					else m.last_error end
			where m.topic_id = p_topic
			and m.seq = v_due.seq
			returning m.seq, m.tries, m.retries, m.max_retries,
				m.status, m.visible_at, m.created_at,
				m.expires_at, m.dlq_moved_at, m.key,
				m.last_error, m.metadata, m.payload,
				m.consumer_group
			into seq, tries, retries, max_retries,
				status, visible_at, created_at,
				expires_at, dlq_moved_at, key,
				last_error, metadata, payload,
				consumer_group;
			return next;
			v_n := v_n + 1;
			v_bytes := v_bytes + v_due.bytes;
		end loop;
		exit when v_settled = 0
			or v_n >= p_n
			or v_bytes >= p_bytes_max;
	end loop;

	-- The candidates lie close together. Bounding the update by the first
	-- and the last of them keeps any plan from walking the whole topic.
	if not p_dlq and v_n < p_n and v_bytes < p_bytes_max then
		return query
		with candidate as materialized (
			select m.seq,
				octet_length(m.payload)
					+ coalesce(octet_length(m.metadata), 0)
					as bytes
			from sluice.messages m
			where m.topic_id = p_topic
			and m.status = 0
			and m.seq >= p_from
			and (m.expires_at is null or m.expires_at > v_now)
			order by m.seq
			limit p_n - v_n
			-- No more than the update takes: who gives messages
			-- to a new group holds them, and is not in the way.
			for no key update skip locked
		), weighed as (
			select c.seq,
				coalesce(sum(c.bytes) over (order by c.seq
					rows between unbounded preceding
					and 1 preceding),
					0) as bytes_before
			from candidate c
		), moved as (
			update sluice.messages m
			set status = 1,
				visible_at = v_until,
				tries = m.tries + 1
			where m.topic_id = p_topic
			and m.seq >= (select min(c.seq) from candidate c)
			and m.seq <= (select max(c.seq) from candidate c)
			and m.seq = any (array(
				select w.seq
				from weighed w
				where w.bytes_before < p_bytes_max - v_bytes))
			returning m.seq, m.tries, m.retries, m.max_retries,
				m.status, m.visible_at, m.created_at,
				m.expires_at, m.dlq_moved_at, m.key,
				m.last_error, m.metadata, m.payload,
				m.consumer_group
		)
		select v.seq, v.tries, v.retries, v.max_retries,
			v.status, v.visible_at, v.created_at,
			v.expires_at, v.dlq_moved_at, v.key,
			v.last_error, v.metadata, v.payload,
			v.consumer_group
		from moved v
		order by v.seq;
		get diagnostics v_fresh = row_count;
		v_n := v_n + v_fresh;
	end if;

	-- The last row, which is no message.
	seq := null;
	tries := v_promoted;
	retries := 0;
	visible_at := null;
	if p_limit > 0 then
		v_next := sluice.throughput_spend(p_topic, p_limit,
			v_bucket.tokens, v_bucket.filled_at, v_n);
	end if;
	if v_next is not null then
		retries := 1;
		visible_at := v_next;
	elsif p_due and v_n < p_n then
		select m.visible_at
		into visible_at
		from sluice.messages m
		where m.topic_id = p_topic
		and m.dlq = p_dlq
		and m.visible_at > v_now
		and m.visible_at < 'infinity'
		order by m.visible_at
		limit 1;
	end if;
	max_retries := null;
	status := null;
	created_at := null;
	expires_at := null;
	dlq_moved_at := null;
	key := null;
	last_error := null;
	metadata := null;
	payload := null;
	consumer_group := null;
	return next;
end
$$;
