/*
 * The id of a stream of that name, as fcgi/stream_id.h has it: the first 8
 * bytes of sha256(name), big-endian, signed.
 */
create or replace function sluice.stream_id(
	p_name text)
returns bigint
language plpgsql
immutable
strict
parallel safe
as $$
begin
	return ('x' || encode(substring(sha256(convert_to(p_name, 'UTF8'))
		from 1 for 8), 'hex'))::bit(64)::bigint;
end
$$;
