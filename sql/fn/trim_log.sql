/*
 * Forget up to p_batch of what was acknowledged of a topic, or of its dead
 * letters, before a time, oldest first. Says how many, and whether there may
 * be more.
 *
 * The place of the last one is looked up in the index, and what lies before it
 * is one range of that: no plan could walk anything else.
 */
create or replace function sluice.trim_log(
	p_topic bigint,
	p_dlq boolean,
	p_before timestamptz,
	p_batch bigint,
	out deleted bigint,
	out more boolean)
language plpgsql
as $$
declare
	v_at timestamptz;
	v_seq bigint;
begin
	select l.acked_at, l.seq
	into v_at, v_seq
	from sluice.message_log l
	where l.topic_id = p_topic
	and l.dlq = p_dlq
	and l.acked_at < p_before
	order by l.acked_at, l.seq
	offset p_batch - 1
	limit 1;
	more := found;

	if more then
		delete from sluice.message_log l
		where l.topic_id = p_topic
		and l.dlq = p_dlq
		and (l.acked_at, l.seq) <= (v_at, v_seq);
	else
		delete from sluice.message_log l
		where l.topic_id = p_topic
		and l.dlq = p_dlq
		and l.acked_at < p_before;
	end if;
	get diagnostics deleted = row_count;
end
$$;
