/*
 * What a worker says of a wake: acks, and by p_how whether it goes on (0), is
 * done (1), or gives the wake back (2). All or nothing. p_token is the
 * generation in its token, p_name, p_incarnation and p_seq are the acks; an
 * offset that is none has null for these. The result is one row, `next` says
 * that another wake has begun, and its status is one of these:
 *
 *	0  done
 *	1  there is no such subscription
 *	2  it is of another kind
 *	3  the token is of an earlier subscription of that id
 *	4  it is not about the present wake
 *	5  an ack names a stream that the subscription does not have
 *	6  an ack's offset is none of the stream's present life
 *	7  it is before what was acked already
 *	8  it is behind the stream's end
 */
create or replace function sluice.subscription_settle(
	p_id text,
	p_kind text,
	p_birth uuid,
	p_token bigint,
	p_generation bigint,
	p_wake_id text,
	p_name text[],
	p_incarnation integer[],
	p_seq bigint[],
	p_how integer,
	out status smallint,
	out next boolean)
language plpgsql
as $$
declare
	v_row record;
	v_link record;
begin
	next := false;
	select b.kind, b.birth, b.generation, b.wake_id, b.lease_ttl_ms,
		b.holder
	into v_row
	from sluice.subscriptions b
	where b.subscription_id = p_id
	for no key update;
	status := case
		when not found then 1
		when v_row.kind <> p_kind then 2
		when v_row.birth <> p_birth then 3
		when v_row.generation <> p_token
			or p_generation is distinct from p_token
			or p_wake_id is null
			or v_row.wake_id is distinct from p_wake_id
			or p_kind = 'pull-wake' and v_row.holder is null
			then 4
		else 0 end;
	if status <> 0 then
		return;
	end if;

	for v_link in
		select a.incarnation as asked_incarnation, a.seq as asked_seq,
			l.name, l.live, l.incarnation, l.acked_seq, l.tail_seq
		from unnest(p_name, p_incarnation, p_seq)
			as a (name, incarnation, seq)
		left join sluice.subscription_links l
		on l.subscription_id = p_id
		and l.name = a.name
	loop
		status := case
			when v_link.name is null then 5
			when v_link.asked_seq is null
				or not v_link.live
				or v_link.asked_incarnation
					<> v_link.incarnation
				then 6
			when v_link.asked_seq < v_link.acked_seq then 7
			when v_link.asked_seq > v_link.tail_seq then 8
			else 0 end;
		if status <> 0 then
			return;
		end if;
	end loop;
	update sluice.subscription_streams l
	set acked_incarnation = a.incarnation,
		acked_seq = a.seq
	from (
		select u.name, u.incarnation, max(u.seq) as seq
		from unnest(p_name, p_incarnation, p_seq)
			as u (name, incarnation, seq)
		group by u.name, u.incarnation
	) a
	where l.subscription_id = p_id
	and l.name = a.name;

	if p_how <> 0 then
		next := sluice.subscription_end_wake(p_id, false);
		return;
	end if;
	update sluice.subscriptions b
	set lease_until = clock_timestamp()
			+ b.lease_ttl_ms * interval '1 ms',
		due_at = least(b.look_at, b.attempt_at, clock_timestamp()
			+ b.lease_ttl_ms * interval '1 ms')
	where b.subscription_id = p_id;
end
$$;
