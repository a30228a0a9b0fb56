/*
 * How many nodes hold a stream's entries: XINFO's radix-tree-keys. A node is
 * what one hundred of seqs had. The arguments are what the row has.
 *
 * Where entries are missing in between, nodes are looked at one after the
 * other, ten thousand of them; those behind are taken to hold something.
 */
create or replace function sluice.plate_nodes(
	p_stream bigint,
	p_incarnation integer,
	p_first_seq bigint,
	p_next_seq bigint,
	p_length bigint)
returns bigint
language plpgsql
stable
as $$
declare
	c_node constant bigint := 100;
	v_from bigint := p_first_seq;
	v_count bigint := 0;
begin
	if p_length = 0 then
		return 0;
	end if;
	while p_length <> p_next_seq - p_first_seq and v_count < 10000 loop
		select e.seq
		into v_from
		from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = p_incarnation
		and e.seq >= v_from
		order by e.seq
		limit 1;
		if not found then
			return v_count;
		end if;
		v_count := v_count + 1;
		v_from := (v_from / c_node + 1) * c_node;
	end loop;
	return v_count + greatest(0,
		(p_next_seq - 1) / c_node - v_from / c_node + 1);
end
$$;
