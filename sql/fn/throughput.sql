/*
 * How many messages of a topic may be delivered now, at most p_limit a second:
 * a bucket that holds as much as a second fills. Its row is locked, so that
 * all processes and consumer groups share it, until the caller's transaction
 * ends; the caller takes out of it what it has delivered, in
 * throughput_spend, and nothing when that was nothing.
 */
create or replace function sluice.throughput(
	p_topic bigint,
	p_limit integer,
	out tokens double precision,
	out filled_at timestamptz)
language plpgsql
as $$
declare
	v_bucket record;
begin
	loop
		select t.tokens, t.filled_at
		into v_bucket
		from sluice.topic_tokens t
		where t.topic_id = p_topic
		for update;
		exit when found;
		insert into sluice.topic_tokens (topic_id, tokens, filled_at)
		values (p_topic, p_limit, clock_timestamp())
		on conflict do nothing;
	end loop;

	-- Now, as others may have had the row for a while. A clock that went
	-- backwards fills nothing.
	filled_at := greatest(clock_timestamp(), v_bucket.filled_at);
	tokens := least(p_limit, v_bucket.tokens + p_limit
		* extract(epoch from filled_at - v_bucket.filled_at)
			::double precision);
end
$$;
