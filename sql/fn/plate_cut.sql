/*
 * Remove the oldest entries of a stream whose row is locked: until no more
 * than p_max_length are left or, with p_min_id, none whose id is below that.
 * For sql/fn/plate_add.sql and sql/fn/plate_trim.sql, who write the row; the
 * first six arguments are what it has.
 *
 * With p_nodes only whole nodes go, unless nothing is left, and at most
 * p_limit entries; 0 is no limit. A node is what one hundred of seqs had.
 *
 * No more than p_batch go at once, or about so many as have p_batch_bytes,
 * but always a node's: `more` says that there may be work left. The rest of
 * the results say how many went, their bytes, and where the others begin.
 */
create or replace function sluice.plate_cut(
	p_stream bigint,
	p_incarnation integer,
	p_first_seq bigint,
	p_next_seq bigint,
	p_length bigint,
	p_bytes bigint,
	p_max_length bigint,
	p_min_id bytea,
	p_nodes boolean,
	p_limit bigint,
	p_batch bigint,
	p_batch_bytes bigint,
	out count bigint,
	out bytes bigint,
	out first_seq bigint,
	out more boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	c_node constant bigint := 100;
	v_batch constant bigint := greatest(c_node, least(p_batch,
		p_batch_bytes / (p_bytes / greatest(p_length, 1) + 1)));
	v_limit constant bigint := case when p_nodes
		then nullif(p_limit, 0) end;
	v_end bigint := p_next_seq; -- seq of the first that stays
	v_wanted bigint := p_length - p_max_length;
	v_count bigint;
begin
	count := 0;
	bytes := 0;
	first_seq := p_first_seq;
	more := false;
	if p_min_id is not null then
		select e.seq
		into v_end
		from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = p_incarnation
		and e.id >= p_min_id
		order by e.id
		limit 1;
		v_end := coalesce(v_end, p_next_seq);
		-- Or fewer, where some are gone already.
		v_wanted := v_end - p_first_seq;
	end if;
	v_count := least(v_wanted, v_limit, v_batch);
	if v_count <= 0 then
		return;
	end if;
	if p_length = p_next_seq - p_first_seq then
		v_end := least(v_end, p_first_seq + v_count);
	elsif p_min_id is null or v_count < v_wanted then
		v_end := least(v_end, (
			select e.seq
			from sluice.entries e
			where e.stream_id = p_stream
			and e.incarnation = p_incarnation
			and e.seq >= p_first_seq
			order by e.seq
			offset v_count
			limit 1));
	end if;
	if p_nodes and v_end < p_next_seq then
		v_end := v_end / c_node * c_node;
	end if;
	if v_end <= p_first_seq then
		return;
	end if;
	with gone as (
		delete from sluice.entries e
		where e.stream_id = p_stream
		and e.incarnation = p_incarnation
		and e.seq >= p_first_seq
		and e.seq < v_end
		returning octet_length(e.data) as bytes
	)
	select count(*), coalesce(sum(g.bytes), 0)
	into count, bytes
	from gone g;
	first_seq := v_end;
	more := v_batch < least(v_wanted, v_limit);
end
$$;
