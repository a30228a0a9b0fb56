/*
 * Give every consumer group of a topic a delivery of each of these messages,
 * which are pending now: called by whoever made them so, in the same
 * transaction and after it wrote to sluice.messages. Registering a group waits
 * for all who wrote there before they could see it (consumer_group_create).
 *
 * With p_fresh the messages are status 0; if not, each delivery is due when
 * its message is. With p_group only the group of that name gets one.
 *
 * A message that comes back may have had deliveries to these groups, whose
 * receipts are still around. It has been delivered as a dead letter, or become
 * one, at least once since the last time, so its own tries say how often it
 * may have come back: theirs count on from a multiple of 1024 that no earlier
 * ones have reached, as no delivery is tried more often than RETRIES_MAX.
 *
 * Says on which channels the groups' consumers wait; null when there is none.
 */
create or replace function sluice.fan_out(
	p_topic bigint,
	p_seq bigint[],
	p_fresh boolean,
	p_group text default null)
returns bigint[]
language plpgsql
as $$
declare
	v_groups bigint[];
	v_channels bigint[];
begin
	select array_agg(g.group_id), array_agg(g.channel)
	into v_groups, v_channels
	from sluice.consumer_groups g
	where g.topic_id = p_topic
	and g.state < 2
	and (p_group is null or g.name = p_group);
	if v_groups is null then
		return null;
	end if;

	if p_fresh then
		insert into sluice.deliveries (topic_id, seq, group_id)
		select p_topic, u.seq, g.group_id
		from unnest(p_seq) as u (seq)
		cross join unnest(v_groups) as g (group_id);
		return v_channels;
	end if;

	-- One that waits behind another of its key does so for groups too.
	insert into sluice.deliveries (topic_id, seq, group_id, status,
		visible_at, tries, key)
	select p_topic, u.seq, g.group_id, m.status, m.visible_at,
		1024 * least(m.tries, 2000000),
		case when m.visible_at = 'infinity' then m.key end
	from unnest(p_seq) as u (seq)
	cross join lateral (
		select n.status, n.visible_at, n.tries, n.key
		from sluice.messages n
		where n.topic_id = p_topic
		and n.seq = u.seq
		offset 0
	) m
	cross join unnest(v_groups) as g (group_id)
	on conflict do nothing;
	return v_channels;
end
$$;
