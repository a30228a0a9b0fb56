/*
 * Is the message whose turn it was, in a line of an ordered key, still one
 * that others wait for? It is while it is pending or processing: for plain
 * consumers (p_group 0), or for a consumer group. One whose time is up is never
 * delivered again, so nobody waits for it, unless it is being processed and
 * the visibility timeout of that delivery has not passed.
 */
create or replace function sluice.head_lives(
	p_topic bigint,
	p_group bigint,
	p_seq bigint,
	p_now timestamptz)
returns boolean
language plpgsql
as $$
begin
	if p_group = 0 then
		perform
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = p_seq
		and m.status < 3
		and not m.dlq
		and (m.visible_at is null or m.visible_at < 'infinity')
		and ((m.status = 1 and m.visible_at > p_now)
			or m.expires_at is null
			or m.expires_at > p_now);
		return found;
	end if;

	perform
	from sluice.deliveries d
	where d.topic_id = p_topic
	and d.seq = p_seq
	and d.group_id = p_group
	and d.status < 3
	and (d.visible_at is null or d.visible_at < 'infinity')
	and ((d.status = 1 and d.visible_at > p_now)
		or sluice.can_be_delivered(p_topic, p_seq, p_now));
	return found;
end
$$;
