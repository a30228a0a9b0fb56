/*
 * After the database was set back to an earlier moment: every stream that
 * lives goes on in its next incarnation, with all that it has, so that every
 * offset that was told before is refused (410). A client that had read
 * further than the database now goes would else be told that there is nothing
 * new, until others had written as far, and would miss what they wrote.
 *
 * For the operator, once, with nobody at the door: docs/backup.md. It writes
 * all entries again. Says how many streams there are.
 *
 * A fork stays one: what refers to a life of a stream follows it. A name whose
 * life has ended, or that is kept for its forks alone, refuses offsets anyway.
 */
create or replace function sluice.renew_offsets()
returns bigint
language plpgsql
as $$
declare
	v_streams bigint;
begin
	lock table sluice.streams, sluice.entries in exclusive mode;
	create temporary table renewed on commit drop as
	select s.stream_id, s.incarnation
	from sluice.streams s
	where s.state = 0;
	analyze renewed;

	update sluice.entries e set incarnation = e.incarnation + 1
	from renewed r
	where e.stream_id = r.stream_id
	and e.incarnation = r.incarnation;
	update sluice.segments g set incarnation = g.incarnation + 1
	from renewed r
	where g.stream_id = r.stream_id
	and g.incarnation = r.incarnation;
	update sluice.segments g
	set source_incarnation = g.source_incarnation + 1
	from renewed r
	where g.source_id = r.stream_id
	and g.source_incarnation = r.incarnation;
	update sluice.producers p set incarnation = p.incarnation + 1
	from renewed r
	where p.stream_id = r.stream_id
	and p.incarnation = r.incarnation;
	update sluice.consumers c set incarnation = c.incarnation + 1
	from renewed r
	where c.stream_id = r.stream_id
	and c.incarnation = r.incarnation;
	update sluice.consumer_members m set incarnation = m.incarnation + 1
	from renewed r
	where m.stream_id = r.stream_id
	and m.incarnation = r.incarnation;
	update sluice.pending h set incarnation = h.incarnation + 1
	from renewed r
	where h.stream_id = r.stream_id
	and h.incarnation = r.incarnation;
	update sluice.subscription_streams l
	set acked_incarnation = l.acked_incarnation + 1
	from renewed r
	where l.stream_id = r.stream_id
	and l.acked_incarnation = r.incarnation;
	update sluice.subscription_streams l
	set wake_incarnation = l.wake_incarnation + 1
	from renewed r
	where l.stream_id = r.stream_id
	and l.wake_incarnation = r.incarnation;
	update sluice.streams s
	set fork_incarnation = s.fork_incarnation + 1
	from renewed r
	where s.fork_source = r.stream_id
	and s.fork_incarnation = r.incarnation;
	update sluice.streams s set incarnation = s.incarnation + 1
	from renewed r
	where s.stream_id = r.stream_id;
	get diagnostics v_streams = row_count;
	return v_streams;
end
$$;
