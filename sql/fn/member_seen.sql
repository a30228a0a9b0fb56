/*
 * A member of a group asks for something, and p_got it or not. It is made if
 * it is not there.
 */
create or replace function sluice.member_seen(
	p_stream bigint,
	p_incarnation integer,
	p_consumer text,
	p_member text,
	p_now timestamptz,
	p_got boolean)
returns void
language plpgsql
as $$
begin
	insert into sluice.consumer_members as m (stream_id, incarnation,
		consumer, member, seen_at, active_at)
	values (p_stream, p_incarnation, p_consumer, p_member, p_now,
		case when p_got then p_now end)
	on conflict (stream_id, incarnation, consumer, member) do update
	set seen_at = excluded.seen_at,
		active_at = coalesce(excluded.active_at, m.active_at);
end
$$;
