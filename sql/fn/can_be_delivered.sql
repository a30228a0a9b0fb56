/*
 * Is that message one of which consumer groups can be given a delivery? Not
 * when it is gone, a dead letter, or its time is up.
 */
create or replace function sluice.can_be_delivered(
	p_topic bigint,
	p_seq bigint,
	p_now timestamptz)
returns boolean
language plpgsql
as $$
begin
	perform
	from sluice.messages m
	where m.topic_id = p_topic
	and m.seq = p_seq
	and m.status < 4
	and not m.dlq
	and (m.expires_at is null or m.expires_at > p_now);
	return found;
end
$$;
