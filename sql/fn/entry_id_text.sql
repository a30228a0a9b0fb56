/*
 * An entry's id as Redis writes it, "1526919030474-55": two unsigned numbers
 * of 64 bits, which are 16 bytes in the tables. For people and for views.
 */
create or replace function sluice.entry_id_text(
	p_id bytea)
returns text
language plpgsql
immutable
strict
parallel safe
as $$
declare
	v_ms constant numeric :=
		('x' || encode(substring(p_id from 1 for 8), 'hex'))::bit(64)::bigint;
	v_seq constant numeric :=
		('x' || encode(substring(p_id from 9 for 8), 'hex'))::bit(64)::bigint;
begin
	return v_ms + case when v_ms < 0 then 18446744073709551616 else 0 end
		|| '-'
		|| v_seq + case when v_seq < 0 then 18446744073709551616 else 0 end;
end
$$;
