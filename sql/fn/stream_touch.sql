/*
 * A stream with a sliding time to live was read: sql/fn/slide.sql. Nobody
 * waits for it and it waits for nobody: whoever holds the row renews it, or
 * the next reader does, and a renewal that a crash undoes is worth no flush.
 */
create or replace function sluice.stream_touch(
	p_stream bigint,
	p_incarnation integer)
returns void
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
begin
	perform set_config('synchronous_commit', 'off', true);
	with held as materialized (
		select s.stream_id
		from sluice.streams s
		where s.stream_id = p_stream
		and s.incarnation = p_incarnation
		and s.state = 0
		and s.ttl_ms is not null
		and s.expires_at > v_now
		and s.expires_at <> sluice.slide(s.expires_at, s.ttl_ms, v_now)
		for update skip locked
	)
	update sluice.streams s
	set expires_at = sluice.slide(s.expires_at, s.ttl_ms, v_now)
	from held
	where s.stream_id = p_stream;
end
$$;
