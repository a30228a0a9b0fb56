/*
 * The lines of ordered keys, for a consumer group that joins: it has been
 * given deliveries of these messages, due at 'infinity', and of later ones
 * too. Nothing was delivered to it yet, so each line begins anew, with the
 * lowest there is.
 *
 * Who ends a message has removed its deliveries when he waits for a line that
 * we have: as in release, a delivery that is locked is left to him. It stays
 * the one whose turn it is until he comes.
 */
create or replace function sluice.line_up(
	p_topic bigint,
	p_group bigint,
	p_seq bigint[],
	p_key text[])
returns void
language plpgsql
as $$
declare
	v_line record;
begin
	-- Whoever has a key's first line may want that of this group next: all
	-- are locked in one order.
	perform
	from sluice.key_heads h
	where h.topic_id = p_topic
	and h.key = any (p_key)
	order by h.key, h.group_id
	for update;

	for v_line in
		insert into sluice.key_heads as h (topic_id, key, group_id,
			seq, low_seq, last_seq)
		select p_topic, u.key, p_group, -1, min(u.seq), max(u.seq)
		from unnest(p_seq, p_key) as u (seq, key)
		group by u.key
		order by u.key collate "C"
		on conflict (topic_id, key, group_id)
		do update set low_seq = least(h.low_seq, excluded.low_seq)
		returning h.key, h.seq
	loop
		perform
		from sluice.deliveries d
		where d.topic_id = p_topic
		and d.seq = v_line.seq
		and d.group_id = p_group
		and d.tries % 1024 = 0	-- not delivered yet: fan_out
		for no key update skip locked;
		continue when not found;
		update sluice.deliveries d
		set status = 2,
			visible_at = 'infinity'
		where d.topic_id = p_topic
		and d.seq = v_line.seq
		and d.group_id = p_group;
	end loop;
	perform sluice.release(p_topic, p_key);
end
$$;
