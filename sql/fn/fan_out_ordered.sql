/*
 * fan_out where the messages of one key are delivered one at a time, for the
 * end of enqueue_ordered: p_key[i] is that of message p_seq[i], or null. The
 * lines that are new have their first message delivered at once; in those
 * that were there, and behind that first one, they wait.
 */
create or replace function sluice.fan_out_ordered(
	p_topic bigint,
	p_seq bigint[],
	p_key text[],
	p_groups bigint[],
	p_new_keys text[],
	p_new_groups bigint[])
returns void
language plpgsql
as $$
begin
	insert into sluice.deliveries (topic_id, seq, group_id, status,
		visible_at, key)
	select p_topic, u.seq, g.group_id,
		case when u.key is null then m.status
			when u.first and n.key is not null then 0
			else 2 end,
		case when u.key is null then m.visible_at
			when u.first and n.key is not null then null
			else 'infinity' end,
		u.key
	from (
		select w.seq, w.key,
			row_number() over (partition by w.key
				order by w.item) = 1 as first
		from unnest(p_seq, p_key)
			with ordinality as w (seq, key, item)
	) u
	cross join lateral (
		select n.status, n.visible_at
		from sluice.messages n
		where n.topic_id = p_topic
		and n.seq = u.seq
		offset 0
	) m
	cross join unnest(p_groups) as g (group_id)
	left join unnest(p_new_keys, p_new_groups) as n (key, group_id)
	on n.key = u.key
	and n.group_id = g.group_id;
end
$$;
