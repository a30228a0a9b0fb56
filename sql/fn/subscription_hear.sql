/*
 * These streams have new entries. Where no subscription has the stream yet, a
 * pattern may fit it: then it is linked, from its beginning. Gives the
 * subscriptions to look at, and those of the streams that are nobody's, and
 * will be until there are other subscriptions.
 *
 * A stream that somebody has is not compared with patterns here: all that fit
 * have found it together, and whoever subscribes later looks by himself.
 */
create or replace function sluice.subscription_hear(
	p_stream bigint[],
	p_streams_max integer)
returns table (
	subscription_id text,
	nobodys bigint)
language plpgsql
as $$
#variable_conflict use_column
begin
	return query
	with new as materialized (
		select s.name, s.stream_id, s.incarnation
		from unnest(p_stream) as n (stream_id)
		join sluice.streams s
		on s.stream_id = n.stream_id
		and s.state = 0
		where not exists (
			select
			from sluice.subscription_streams l
			where l.stream_id = n.stream_id)
	), fits as materialized (
		select b.subscription_id, n.name, n.stream_id, n.incarnation
		from new n
		join sluice.subscriptions b
		on n.name ~ b.matcher
		and n.name is distinct from b.wake_stream
	), roomy as materialized (
		select f.subscription_id
		from fits f
		group by f.subscription_id
		having p_streams_max >= count(*) + (
			select count(*)
			from sluice.subscription_streams l
			where l.subscription_id = f.subscription_id)
	), linked as (
		insert into sluice.subscription_streams as l (subscription_id,
			name, stream_id, explicit, globbed, acked_incarnation,
			acked_seq)
		select f.subscription_id, f.name, f.stream_id, false, true,
			f.incarnation, 0
		from roomy r
		join fits f
		on f.subscription_id = r.subscription_id
		on conflict (subscription_id, name) do nothing
	)
	select f.subscription_id, null::bigint
	from fits f
	union
	select l.subscription_id, null::bigint
	from sluice.subscription_streams l
	where l.stream_id = any (p_stream)
	union
	select null::text, n.stream_id
	from new n
	where not exists (
		select
		from fits f
		where f.stream_id = n.stream_id);
end
$$;
