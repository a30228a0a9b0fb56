/*
 * Mark messages of all topics whose time is up as expired, where the notes
 * that are due say that there may be some. Walks p_batch messages at most,
 * and says how many it marked, and whether there may be more to walk.
 *
 * A note that has been walked is removed, one that has been walked in part is
 * put in the place of the whole. It is put off instead where a message was
 * locked, or where one may still appear: a transaction that began before the
 * note was due may have seen it, and not have committed yet what it wrote.
 * (One that began later finds the time of this note past, and writes
 * another.) The note is put off for as long as that transaction has lasted,
 * so that not even one of hours has the same messages walked often.
 */
create or replace function sluice.reap_expiries(
	p_batch bigint,
	out expired bigint,
	out more boolean)
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_budget bigint := p_batch;
	v_oldest timestamptz;
	v_note record;
	v_end bigint;
	v_walk record;
	v_seq bigint;
	v_left boolean;
	v_key text;
	v_topics bigint[];	-- side by side: the keys of what expired,
	v_keys text[];		-- and whose they are
	v_ended record;
begin
	expired := 0;

	-- Who is at something has a snapshot or has written; other roles'
	-- sessions do not say since when. Vacuum adds no messages.
	select min(coalesce(a.xact_start, 'epoch'))
	into v_oldest
	from pg_stat_activity a
	where a.datname = current_database()
	and a.pid <> pg_backend_pid()
	and (a.backend_xmin is not null or a.backend_xid is not null)
	and a.backend_type is distinct from 'autovacuum worker';

	for v_note in
		select d.topic_id, d.due, d.first_seq, d.end_seq
		from sluice.topics t
		cross join lateral (
			select e.topic_id, e.due, e.first_seq, e.end_seq
			from sluice.message_expiries e
			where e.topic_id = t.topic_id
			and e.due <= v_now
			order by e.due, e.first_seq, e.end_seq
			limit p_batch
			for update skip locked
		) d
		limit p_batch
	loop
		exit when v_budget <= 0;
		select count(*) as count,
			max(w.seq) as last,
			coalesce(array_agg(w.seq order by w.seq)
				filter (where w.status < 3
					and w.expires_at <= v_now),
				'{}') as late
		into v_walk
		from (
			select m.seq, m.status, m.expires_at
			from sluice.messages m
			where m.topic_id = v_note.topic_id
			and m.seq >= v_note.first_seq
			and m.seq < v_note.end_seq
			order by m.seq
			limit v_budget
		) w;
		v_end := case when v_walk.count < v_budget
			then v_note.end_seq else v_walk.last + 1 end;
		v_budget := v_budget - v_walk.count - 1;

		v_left := coalesce(v_oldest < v_note.due, false);
		foreach v_seq in array v_walk.late loop
			perform
			from sluice.messages m
			where m.topic_id = v_note.topic_id
			and m.seq = v_seq
			and m.status < 3
			for update skip locked;
			if found then
				update sluice.messages m
				set status = 4,
					visible_at = null
				where m.topic_id = v_note.topic_id
				and m.seq = v_seq
				returning m.key
				into v_key;
				if v_key is not null then
					v_topics := array_append(v_topics,
						v_note.topic_id);
					v_keys := array_append(v_keys, v_key);
				end if;
				delete from sluice.deliveries d
				where d.topic_id = v_note.topic_id
				and d.seq = v_seq;
				expired := expired + 1;
			else
				v_left := true;
			end if;
		end loop;

		delete from sluice.message_expiries e
		where e.topic_id = v_note.topic_id
		and e.due = v_note.due
		and e.first_seq = v_note.first_seq
		and e.end_seq = v_note.end_seq;
		insert into sluice.message_expiries (topic_id, due, first_seq,
			end_seq)
		select v_note.topic_id, n.due, n.first_seq, n.end_seq
		from (
			values (v_left,
				v_now + least(greatest(v_now - v_oldest,
					interval '1 min'), interval '1 h'),
				v_note.first_seq, v_end),
			(v_end < v_note.end_seq,
				v_note.due, v_end, v_note.end_seq)
		) as n (needed, due, first_seq, end_seq)
		where n.needed
		on conflict do nothing;
	end loop;
	for v_ended in
		select u.topic_id, array_agg(u.key) as keys
		from unnest(v_topics, v_keys) as u (topic_id, key)
		group by u.topic_id
		order by u.topic_id
	loop
		perform sluice.release_all(v_ended.topic_id, v_ended.keys);
	end loop;
	more := v_budget <= 0;
end
$$;
