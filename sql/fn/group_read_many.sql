/*
 * XREADGROUP of several streams, or of what its caller was given before. All
 * groups are locked, in the order of their streams' ids, before anything is
 * delivered of one of them.
 *
 * p_after is where each stream's history is to be read from; null: entries
 * that nobody of the group has been given yet. The first row is no entry. Its
 * place is 0 if all is well; else the first of the streams that is not, from
 * 1, with the status of sluice.group_open(), and nothing was done. A group
 * that is locked is told of only if nothing else is wrong; and after that, as
 * status 12, that the histories up to this stream's have more than
 * p_history_bytes_max bytes: a part of one would look like all of it.
 *
 * Of each stream p_count entries are wanted; new ones are p_entries_max at
 * most, and pass p_bytes_max bytes by at most one.
 */
create or replace function sluice.group_read_many(
	p_stream bigint[],
	p_name text[],
	p_consumer text,
	p_member text,
	p_after bytea[],
	p_count bigint,
	p_noack boolean,
	p_entries_max bigint,
	p_bytes_max bigint,
	p_history_bytes_max bigint)
returns table (
	place integer,
	status smallint,
	id bytea,
	fields boolean,
	data bytea,
	more boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_opened record;
	v_incarnation integer[];
	v_left bigint := p_history_bytes_max;
begin
	place := 0;
	status := 0;
	for v_opened in
		select o.place, g.status, g.incarnation
		from (
			select u.place::integer as place, u.stream, u.name
			from unnest(p_stream, p_name)
				with ordinality as u (stream, name, place)
			order by u.stream, u.place
			offset 0
		) o
		cross join lateral sluice.group_open(o.stream, o.name,
			p_consumer) g
	loop
		v_incarnation[v_opened.place] := v_opened.incarnation;
		if v_opened.status <> 0
			and (place = 0
				or (v_opened.status = 11) < (status = 11)
				or (v_opened.status = 11) = (status = 11)
					and v_opened.place < place) then
			place := v_opened.place;
			status := v_opened.status;
		end if;
	end loop;
	for i in 1 .. cardinality(p_stream) loop
		exit when place <> 0;
		continue when p_after[i] is null;
		v_left := v_left - sluice.group_history_bytes(p_stream[i],
			v_incarnation[i], p_consumer, p_member, p_after[i],
			p_count, v_left);
		if v_left < 0 then
			place := i;
			status := 12;
		end if;
	end loop;
	return next;
	if place <> 0 then
		return;
	end if;

	for i in 1 .. cardinality(p_stream) loop
		if p_after[i] is null then
			return query
			select i, null::smallint, d.id, d.fields, d.data,
				d.more
			from sluice.group_deliver(p_stream[i],
				v_incarnation[i], p_consumer,
				array[p_member], array[p_count],
				array[p_noack], p_entries_max, p_bytes_max) d;
		else
			return query
			select i, null::smallint, h.id, h.fields, h.data,
				false
			from sluice.group_history(p_stream[i],
				v_incarnation[i], p_consumer, p_member,
				p_after[i], p_count) h;
		end if;
	end loop;
end
$$;
