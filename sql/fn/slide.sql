/*
 * When a stream expires that is used now: after its time to live. The time it
 * has stays while the new one would be later by less than a twentieth of that,
 * or by less than 100 ms: each change costs an entry in an index.
 */
create or replace function sluice.slide(
	p_expires_at timestamptz,
	p_ttl_ms bigint,
	p_now timestamptz)
returns timestamptz
language plpgsql
immutable
as $$
declare
	v_new constant timestamptz := p_now + p_ttl_ms * interval '1 ms';
begin
	if v_new - p_expires_at
		< greatest(100, p_ttl_ms / 20) * interval '1 ms' then
		return p_expires_at;
	end if;
	return v_new;
end
$$;
