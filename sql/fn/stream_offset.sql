/*
 * The offset of an entry as readers know it (handlers/streams/offset.h): 26
 * digits of Crockford's base 32, which are the incarnation in 32 bits, the seq
 * plus 1 in 64, and 34 bits of 0. With seq -1 it is the offset before the
 * first entry.
 */
create or replace function sluice.stream_offset(
	p_incarnation integer,
	p_seq bigint)
returns text
language plpgsql
immutable
strict
parallel safe
as $$
declare
	v_bits constant bit(130) := p_incarnation::bit(32)
		|| (p_seq + 1)::bit(64) || 0::bit(34);
	v_text text := '';
begin
	for i in 0 .. 25 loop
		v_text := v_text || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
			substring(v_bits from i * 5 + 1 for 5)::bit(5)::integer
			+ 1, 1);
	end loop;
	return v_text;
end
$$;
