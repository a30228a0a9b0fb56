/*
 * A stream with a sliding time to live was read: sql/fn/slide.sql. Nobody
 * waits for it and it waits for nobody: whoever holds the row renews it, or
 * the next reader does, and a renewal that a crash undoes is worth no flush.
 *
 * What else must be true is looked at when the row is there: as conditions of
 * the statement they would offer it the index on expiry.
 */
create or replace function sluice.stream_touch(
	p_stream bigint,
	p_incarnation integer)
returns void
language plpgsql
as $$
declare
	v_now constant timestamptz := clock_timestamp();
	v_row record;
	v_new timestamptz;
begin
	perform set_config('synchronous_commit', 'off', true);
	select s.incarnation, s.state, s.ttl_ms, s.expires_at
	into v_row
	from sluice.streams s
	where s.stream_id = p_stream
	for update skip locked;
	if v_row.incarnation = p_incarnation and v_row.state = 0
		and v_row.ttl_ms is not null and v_row.expires_at > v_now then
		v_new := sluice.slide(v_row.expires_at, v_row.ttl_ms, v_now);
	end if;
	if v_new <> v_row.expires_at then
		update sluice.streams s
		set expires_at = v_new
		where s.stream_id = p_stream;
	end if;
end
$$;
