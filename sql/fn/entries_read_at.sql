/*
 * How many entries, of all that a stream ever had, are at or before the one
 * with that id; null when that cannot be known, for entries in between have
 * been deleted, or it is no entry's id. What Redis 7.2 and Valkey 8 say.
 *
 * p_first is the id of the first entry that is there, null if there is none.
 */
create or replace function sluice.entries_read_at(
	p_id bytea,
	p_added bigint,
	p_length bigint,
	p_last bytea,
	p_deleted bytea,
	p_first bytea)
returns bigint
language plpgsql
immutable
parallel safe
as $$
begin
	return case
		when p_added = 0 then 0
		when p_length = 0 and p_id <= p_last then p_added
		when p_id = p_last then p_added
		when p_id > p_last then null
		when p_deleted >= p_first then null
		when p_id < p_first then p_added - p_length
		when p_id = p_first then p_added - p_length + 1
		end;
end
$$;
