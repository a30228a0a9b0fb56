/*
 * release, for who has ended messages by the hundreds or beside the workers:
 * keys may repeat and be null, and the processes are told by a notification.
 * That makes such transactions commit one after the other; they are rare.
 */
create or replace function sluice.release_all(
	p_topic bigint,
	p_keys text[])
returns void
language plpgsql
as $$
declare
	v_released record;
	v_now bigint;
begin
	perform
	from sluice.key_heads h
	where h.topic_id = p_topic
	limit 1;
	if not found then
		return;
	end if;

	select r.freed, r.channels
	into v_released
	from sluice.release(p_topic, array(
		select distinct u.key
		from unnest(p_keys) as u (key)
		where u.key is not null)) r;

	-- Of nobody's, as in append_entries: a topic's channel is of kind 1,
	-- a group's of kind 6 (fcgi/lot.h).
	v_now := extract(epoch from clock_timestamp()) * 1000000;
	if v_released.freed > 0 then
		perform pg_notify('sluice_wake', format('0 0 0 1.%s.%s.%s;',
			p_topic, v_released.freed, v_now));
	end if;
	perform pg_notify('sluice_wake', format('0 0 0 6.%s.%s.%s;', c.channel,
		c.count, v_now))
	from (
		select u.channel, count(*) as count
		from unnest(v_released.channels) as u (channel)
		group by u.channel
	) c;
end
$$;
