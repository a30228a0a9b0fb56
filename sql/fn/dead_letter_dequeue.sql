/*
 * Deliver up to p_n dead letters of one consumer group, by the time they
 * became due. Nothing makes them dead once more. The arguments and the columns
 * are those of dequeue; there is no row but the messages'.
 */
create or replace function sluice.dead_letter_dequeue(
	p_topic bigint,
	p_group text,
	p_n integer,
	p_vt_ms bigint,
	p_due_from timestamptz,
	p_bytes_max bigint)
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
	v_now constant timestamptz := clock_timestamp();
	v_bytes bigint := 0;
	v_due record;
begin
	for v_due in
		select m.seq,
			octet_length(m.payload)
				+ coalesce(octet_length(m.metadata), 0)
				as bytes
		from sluice.messages m
		where m.topic_id = p_topic
		and m.consumer_group = p_group
		and m.dlq
		and m.visible_at > p_due_from
		and m.visible_at <= v_now
		and (m.expires_at is null or m.expires_at > v_now)
		order by m.visible_at, m.seq
		limit p_n
		for update skip locked
	loop
		exit when v_bytes >= p_bytes_max;
		v_bytes := v_bytes + v_due.bytes;
		return query
		update sluice.messages m
		set status = 1,
			visible_at = v_now + p_vt_ms * interval '1 ms',
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
			m.consumer_group;
	end loop;
end
$$;
