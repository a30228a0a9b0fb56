/*
 * Enqueue messages from a topic's log once more, as new ones, in the order in
 * which they were acknowledged: those after the place given by p_at and
 * p_after, acknowledged by p_until (null: by now), as many as p_seq has numbers
 * for and p_bytes_max has room for, with their metadata, but one in any case.
 * None replaces another of its key. Dead letters have a log of their own and
 * stay there.
 *
 * Says how many, up to where, whether there may be more, and on which channels
 * consumers of groups wait for them, or null. A number that is already used is
 * no error: nothing was enqueued, and count is null.
 */
create or replace function sluice.replay(
	p_topic bigint,
	p_at timestamptz,
	p_after bigint,
	p_until timestamptz,
	p_seq bigint[],
	p_bytes_max bigint,
	p_ttl_ms bigint,
	p_max_retries integer,
	out count integer,
	out until timestamptz,
	out last_at timestamptz,
	out last_seq bigint,
	out more boolean,
	out channels bigint[])
language plpgsql
as $$
declare
	c_seq_max constant bigint := 4611686018427387903;
	v_found integer;
	v_acked_at timestamptz[];
	v_seqs bigint[];
	v_keys text[];
	v_payloads bytea[];
	v_metadata bytea[];
begin
	until := coalesce(p_until, clock_timestamp());

	-- The last one is looked up in the index, so that the others are one
	-- range of it, whatever the plan.
	select l.acked_at, l.seq
	into last_at, last_seq
	from sluice.message_log l
	where l.topic_id = p_topic
	and l.dlq = false
	and (l.acked_at, l.seq) > (p_at, p_after)
	and l.acked_at <= until
	order by l.acked_at, l.seq
	offset cardinality(p_seq) - 1
	limit 1;
	more := found;
	if not more then
		last_at := until;
		last_seq := c_seq_max;
	end if;

	with weighed as (
		select l.acked_at, l.seq, l.key, l.payload, l.metadata,
			row_number() over w as place,
			count(*) over () as found,
			sum(octet_length(l.payload)
				+ coalesce(octet_length(l.metadata), 0))
				over w as bytes
		from sluice.message_log l
		where l.topic_id = p_topic
		and l.dlq = false
		and (l.acked_at, l.seq) > (p_at, p_after)
		and (l.acked_at, l.seq) <= (last_at, last_seq)
		window w as (order by l.acked_at, l.seq
			rows between unbounded preceding and current row)
	)
	select count(*),
		max(w.found),
		array_agg(w.acked_at order by w.place),
		array_agg(w.seq order by w.place),
		array_agg(w.key order by w.place),
		array_agg(w.payload order by w.place),
		array_agg(w.metadata order by w.place)
	into count, v_found, v_acked_at, v_seqs, v_keys, v_payloads, v_metadata
	from weighed w
	where w.place = 1
	or w.bytes <= p_bytes_max;

	if count = 0 then
		return;
	end if;
	more := more or count < v_found;
	last_at := v_acked_at[count];
	last_seq := v_seqs[count];
	select e.channels
	into channels
	from sluice.enqueue(p_topic, p_seq[1:count],
		case when array_remove(v_keys, null) <> '{}' then v_keys end,
		v_payloads,
		case when array_remove(v_metadata, null) <> '{}'
			then v_metadata end,
		null, array[p_ttl_ms], array[p_max_retries], null, false)
		e;
exception
	when unique_violation then
		count := null;
		more := true;
end
$$;
