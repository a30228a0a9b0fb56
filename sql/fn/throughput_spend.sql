/*
 * Take p_n out of the bucket that throughput has locked and told of. Says when
 * the next message may be delivered, or null when that is now.
 */
create or replace function sluice.throughput_spend(
	p_topic bigint,
	p_limit integer,
	p_tokens double precision,
	p_filled_at timestamptz,
	p_n integer)
returns timestamptz
language plpgsql
as $$
begin
	if p_n > 0 then
		update sluice.topic_tokens t
		set tokens = p_tokens - p_n,
			filled_at = p_filled_at
		where t.topic_id = p_topic;
	end if;
	return case when p_tokens - p_n < 1
		then p_filled_at + (1 - (p_tokens - p_n)) / p_limit
			* interval '1 s' end;
end
$$;
