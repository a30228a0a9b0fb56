/*
 * Where the entries begin that are not older than p_at, among those of one
 * life from p_from to below p_to; p_to if all are older. The time of entries
 * never decreases with their seq, so halving finds the place in some twenty
 * looks at the primary key, and no index on the time has to be kept.
 */
create or replace function sluice.entry_since(
	p_stream bigint,
	p_incarnation integer,
	p_from bigint,
	p_to bigint,
	p_at timestamptz)
returns bigint
language plpgsql
stable
as $$
declare
	v_low bigint := p_from;
	v_high bigint := p_to;
	v_middle bigint;
	v_at timestamptz;
begin
	while v_low < v_high loop
		v_middle := v_low + (v_high - v_low) / 2;
		select e.at
		into v_at
		from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = p_incarnation
		and e.seq >= v_middle
		order by e.seq
		limit 1;
		if v_at < p_at then
			v_low := v_middle + 1;
		else
			v_high := v_middle;
		end if;
	end loop;
	return v_low;
end
$$;
