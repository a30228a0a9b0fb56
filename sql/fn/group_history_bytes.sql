/*
 * How many bytes sluice.group_history() would read: those of the entries, and
 * 64 for each, be it gone or not. It looks no further than where they must be
 * more than p_bytes_max. The group's row is locked by who calls this.
 */
create or replace function sluice.group_history_bytes(
	p_stream bigint,
	p_incarnation integer,
	p_consumer text,
	p_member text,
	p_after bytea,
	p_entries_max bigint,
	p_bytes_max bigint)
returns bigint
language plpgsql
as $$
#variable_conflict use_column
begin
	return (
		select coalesce(sum(64 + coalesce(e.bytes, 0)), 0)::bigint
		from (
			select h.id
			from sluice.pending h
			where h.stream_id = p_stream
			and h.incarnation = p_incarnation
			and h.consumer = p_consumer
			and h.owner = p_member
			and h.owner >= ''
			and h.id > p_after
			order by h.id
			limit least(p_entries_max, p_bytes_max / 64 + 1)
		) m
		left join lateral (
			select octet_length(l.data) as bytes
			from sluice.entries l
			where l.stream_id = p_stream
			and l.incarnation = p_incarnation
			and l.id = m.id
			offset 0
		) e
		on true);
end
$$;
