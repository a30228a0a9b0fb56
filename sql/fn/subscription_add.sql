/*
 * Give a subscription streams by name. The status:
 *
 *	0  they are linked
 *	1  there is no such subscription
 *	2  there would be more than p_named_max of them
 */
create or replace function sluice.subscription_add(
	p_id text,
	p_name text[],
	p_named_max integer)
returns smallint
language plpgsql
as $$
declare
	v_named bigint;
begin
	perform
	from sluice.subscriptions b
	where b.subscription_id = p_id
	for no key update;
	if not found then
		return 1;
	end if;
	select count(*)
	into v_named
	from (
		select l.name
		from sluice.subscription_streams l
		where l.subscription_id = p_id
		and l.explicit
		union
		select n.name
		from unnest(p_name) as n (name)
	) a;
	if v_named > p_named_max then
		return 2;
	end if;
	perform sluice.subscription_link(p_id, p_name);
	-- Entries of these may come before all know that they are heard.
	update sluice.subscriptions b
	set due_at = least(b.due_at, clock_timestamp())
	where b.subscription_id = p_id;
	return 0;
end
$$;
