/*
 * release, for who tells consumers of it by rows: item 0 has how many messages
 * became due for plain consumers as seq, and each item -1 a channel on which
 * consumers of a group wait. No rows when nothing became due.
 */
create or replace function sluice.go_on(
	p_topic bigint,
	p_keys text[])
returns table (item integer, seq bigint)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_released record;
begin
	select r.freed, r.channels
	into v_released
	from sluice.release(p_topic, p_keys) r;
	if v_released.freed > 0 then
		item := 0;
		seq := v_released.freed;
		return next;
	end if;
	return query
	select distinct -1, c.channel
	from unnest(v_released.channels) as c (channel);
end
$$;
