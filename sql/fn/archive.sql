/*
 * Put a message into its topic's log. For whoever acknowledges it, has locked
 * its row, removes it in the same transaction, and knows that its topic is
 * replayable.
 *
 * p_group, p_retries and p_error are those of the group whose acknowledgement
 * was the last one, if it was a group's.
 */
create or replace function sluice.archive(
	p_topic bigint,
	p_seq bigint,
	p_now timestamptz,
	p_group text default null,
	p_retries integer default null,
	p_error text default null)
returns void
language plpgsql
as $$
begin
	insert into sluice.message_log (topic_id, dlq, acked_at, seq,
		consumer_group, created_at, retries, max_retries, key,
		last_error, metadata, payload)
	select m.topic_id, m.dlq, p_now, m.seq,
		coalesce(p_group, m.consumer_group), m.created_at,
		coalesce(p_retries, m.retries), m.max_retries, m.key,
		coalesce(p_error, m.last_error), m.metadata, m.payload
	from sluice.messages m
	where m.topic_id = p_topic
	and m.seq = p_seq;
end
$$;
