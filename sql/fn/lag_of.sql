/*
 * How many entries a group has not been given yet; null when that cannot be
 * known. What Redis 7.2 and Valkey 8 say, whose lag this is.
 *
 * p_last_id and p_read are the group's, the others the stream's, as for
 * sluice.entries_read_at().
 */
create or replace function sluice.lag_of(
	p_last_id bytea,
	p_read bigint,
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
		-- Nothing behind the group's place has been deleted.
		when p_read is not null
			and (p_first is null
				or p_deleted < p_first
				or p_deleted < p_last_id)
		then p_added - p_read
		else p_added - sluice.entries_read_at(p_last_id, p_added,
			p_length, p_last, p_deleted, p_first)
		end;
end
$$;
