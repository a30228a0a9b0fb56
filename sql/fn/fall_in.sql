/*
 * Put messages that come back to an ordered topic into the lines of their
 * keys, for plain consumers and for each consumer group: p_seq[i] of key
 * p_key[i] waits there, due at 'infinity', until release says that it is its
 * turn. Called before the rows are written; the lines stay locked.
 */
create or replace function sluice.fall_in(
	p_topic bigint,
	p_seq bigint[],
	p_key text[])
returns void
language plpgsql
as $$
begin
	-- As in enqueue_ordered: who registers a group waits for us.
	lock table sluice.messages in row exclusive mode;
	insert into sluice.key_heads as h (topic_id, key, group_id, seq,
		low_seq, last_seq)
	select p_topic, k.key, l.group_id, -1, k.low_seq, k.last_seq
	from (
		select u.key, min(u.seq) as low_seq, max(u.seq) as last_seq
		from unnest(p_seq, p_key) as u (seq, key)
		where u.key is not null
		group by u.key
	) k
	cross join (
		select 0::bigint as group_id
		union all
		select g.group_id
		from sluice.consumer_groups g
		where g.topic_id = p_topic
		and g.state < 2
	) l
	order by k.key collate "C", l.group_id
	on conflict (topic_id, key, group_id)
	do update set low_seq = least(h.low_seq, excluded.low_seq),
		last_seq = greatest(h.last_seq, excluded.last_seq);
end
$$;
