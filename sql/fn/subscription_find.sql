/*
 * Compare the streams of a subscription, whose row the caller has locked, with
 * its pattern: what is there and not linked yet is linked, from its beginning
 * or, if p_at_tail, from its present end; what was found by the pattern and is
 * no longer there is forgotten. At most p_streams_max in all; the result is
 * false when there are more.
 */
create or replace function sluice.subscription_find(
	p_id text,
	p_at_tail boolean,
	p_streams_max integer)
returns boolean
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_row record;
	v_room bigint;
	v_found bigint;
begin
	select b.matcher, b.prefix, b.wake_stream
	into v_row
	from sluice.subscriptions b
	where b.subscription_id = p_id;
	if v_row.matcher is null then
		return true;
	end if;
	delete from sluice.subscription_streams t
	using sluice.subscription_links l
	where l.subscription_id = p_id
	and not l.explicit
	and not l.live
	and t.subscription_id = p_id
	and t.name = l.name;
	select p_streams_max - count(*)
	into v_room
	from sluice.subscription_streams l
	where l.subscription_id = p_id;
	-- No name begins with U+10FFFF, which is no character.
	with found as materialized (
		select s.name, s.stream_id, s.incarnation, s.next_seq
		from sluice.streams s
		where s.state = 0
		and s.name >= v_row.prefix
		and s.name < v_row.prefix || chr(1114111)
		and s.name ~ v_row.matcher
		and s.name is distinct from v_row.wake_stream
		and (s.expires_at is null or s.expires_at > v_now)
		and not exists (
			select
			from sluice.subscription_streams l
			where l.subscription_id = p_id
			and l.name = s.name)
		limit greatest(v_room, 0) + 1
	), linked as (
		insert into sluice.subscription_streams (subscription_id, name,
			stream_id, explicit, globbed, acked_incarnation,
			acked_seq)
		select p_id, f.name, f.stream_id, false, true, f.incarnation,
			case when p_at_tail then f.next_seq else 0 end
		from found f
		limit greatest(v_room, 0)
	)
	select count(*)
	into v_found
	from found;
	return v_found <= v_room;
end
$$;
