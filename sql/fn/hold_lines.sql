/*
 * Lock the lines of an ordered key for who may not wait: false when somebody
 * else has one of them. Then come again later.
 */
create or replace function sluice.hold_lines(
	p_topic bigint,
	p_key text)
returns boolean
language plpgsql
as $$
declare
	v_there bigint;
	v_held bigint;
begin
	select count(*)
	into v_there
	from sluice.key_heads h
	where h.topic_id = p_topic
	and h.key = p_key;
	select count(*)
	into v_held
	from (
		select
		from sluice.key_heads h
		where h.topic_id = p_topic
		and h.key = p_key
		order by h.group_id
		for update skip locked
	) l;
	return v_held >= v_there;
end
$$;
