/*
 * One round of dequeue over the messages that are due: take up to p_n of them
 * in the order in which they became due, settle those that have failed once
 * too often, and claim the others until p_until.
 *
 * One row: the claimed ones in that order, their bytes, how many were settled,
 * and how many of these are dead letters now. The rules are in dequeue.
 */
create or replace function sluice.claim_due(
	p_topic bigint,
	p_dlq boolean,
	p_n integer,
	p_now timestamptz,
	p_until timestamptz,
	p_dead integer,
	p_due_from timestamptz,
	p_bytes_max bigint,
	out claimed bigint[],
	out bytes bigint,
	out settled bigint,
	out promoted bigint)
language plpgsql
as $$
#variable_conflict use_column
begin
	with candidate as materialized (
		select m.seq, m.visible_at as due_at,
			octet_length(m.payload)
				+ coalesce(octet_length(m.metadata), 0)
				as bytes,
			case
			when p_dlq or m.status = 2 then 'deliver'
			when p_dead > 0 and m.retries + 1 >= p_dead
				then 'promote'
			when m.retries + 1 >= m.max_retries
				then 'fail'
			else 'deliver'
			end as verdict
		from sluice.messages m
		where m.topic_id = p_topic
		and m.dlq = p_dlq
		and m.visible_at > p_due_from
		and m.visible_at <= p_now
		and (m.expires_at is null or m.expires_at > p_now)
		order by m.visible_at, m.seq
		limit p_n
		for update skip locked
	), weighed as (
		select c.seq, c.due_at, c.bytes, c.verdict,
			coalesce(sum(c.bytes)
				filter (where c.verdict = 'deliver')
				over (order by c.due_at, c.seq
				rows between unbounded preceding
				and 1 preceding),
				0) as bytes_before
		from candidate c
	), moved as (
		update sluice.messages m
		set status = case w.verdict
				when 'deliver' then 1
				when 'promote' then 2
				else 3 end,
			visible_at = case w.verdict
				when 'deliver' then p_until
				when 'promote' then p_now end,
			tries = m.tries + (w.verdict = 'deliver')::integer,
			retries = case w.verdict
				when 'promote' then 0
				else m.retries + (m.status = 1)::integer end,
			max_retries = case w.verdict
				when 'promote' then 0
				else m.max_retries end,
			dlq = m.dlq or w.verdict = 'promote',
			dlq_moved_at = case w.verdict
				when 'promote' then p_now
				else m.dlq_moved_at end,
			last_error = case m.status
				when 1 then 'visibility timeout'
				else m.last_error end
		from weighed w
		where m.topic_id = p_topic
		and m.seq = w.seq
		and (w.verdict <> 'deliver' or w.bytes_before < p_bytes_max)
		returning m.seq, w.due_at, w.bytes, w.verdict
	)
	select coalesce(array_agg(v.seq order by v.due_at, v.seq)
			filter (where v.verdict = 'deliver'), '{}'),
		coalesce(sum(v.bytes) filter (where v.verdict = 'deliver'), 0),
		count(*) filter (where v.verdict <> 'deliver'),
		count(*) filter (where v.verdict = 'promote')
	into claimed, bytes, settled, promoted
	from moved v;
end
$$;
