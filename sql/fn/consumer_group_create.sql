/*
 * Begin to register a consumer group on a topic, which has at most p_max of
 * them. From the commit on, who makes a message pending gives the group a
 * delivery of it; those who were at it already cannot have seen the group, and
 * have to be waited for (consumer_group_writers) before the messages that are
 * there are given out (consumer_group_join).
 *
 * The outcome is 'created', 'joining' when somebody has begun and not come to
 * the end, 'registered', or 'full'; group_id is that of the group.
 */
create or replace function sluice.consumer_group_create(
	p_topic bigint,
	p_group bigint,
	p_name text,
	p_channel bigint,
	p_max bigint,
	out outcome text,
	out group_id bigint)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_state smallint;
	v_count bigint;
begin
	-- One after the other, for the count's sake.
	perform
	from sluice.topics t
	where t.topic_id = p_topic
	for no key update;

	select g.state, g.group_id
	into v_state, group_id
	from sluice.consumer_groups g
	where g.topic_id = p_topic
	and g.name = p_name
	and g.state < 2;
	if found then
		outcome := case v_state when 0 then 'joining'
			else 'registered' end;
		return;
	end if;

	select count(*)
	into v_count
	from sluice.consumer_groups g
	where g.topic_id = p_topic
	and g.state < 2;
	if v_count >= p_max then
		outcome := 'full';
		return;
	end if;
	insert into sluice.consumer_groups (topic_id, group_id, name, channel)
	values (p_topic, p_group, p_name, p_channel);
	outcome := 'created';
	group_id := p_group;
end
$$;
