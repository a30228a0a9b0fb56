/*
 * Link streams by name to a subscription whose row the caller has locked,
 * from their present end on. What is linked stays where it is.
 */
create or replace function sluice.subscription_link(
	p_id text,
	p_name text[])
returns void
language plpgsql
as $$
begin
	insert into sluice.subscription_streams as l (subscription_id, name,
		stream_id, explicit, globbed, acked_incarnation, acked_seq)
	select p_id, u.name, sluice.stream_id(u.name), true,
		coalesce(u.name ~ b.matcher
			and u.name is distinct from b.wake_stream, false),
		coalesce(s.incarnation, 0), coalesce(s.next_seq, 0)
	from sluice.subscriptions b
	cross join (
		select distinct n.name
		from unnest(p_name) as n (name)
	) u
	left join sluice.streams s
	on s.stream_id = sluice.stream_id(u.name)
	and s.name = u.name
	and s.state = 0
	and (s.expires_at is null or s.expires_at > clock_timestamp())
	where b.subscription_id = p_id
	on conflict (subscription_id, name) do update
	set explicit = true;
end
$$;
