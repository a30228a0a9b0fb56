/*
 * End deliveries to consumer groups for good, and a message with its last one.
 * The arrays are those of ack, and p_group has the name of the group that each
 * element speaks for. Beside a receipt p_group_id has the group that it was
 * given to: an earlier one, if the name was registered again since. A dead
 * letter of the group is acked as any other; receipts of it are of no group
 * (null or 0).
 *
 * The result has a row for each delivery that was ended, with the position
 * (from 1) of the element that did it. The rows of go_on may follow, as in
 * ack.
 *
 * A message is locked before its deliveries: two groups that ack it at the
 * same moment do so one after the other, and the second finds that it was the
 * last.
 */
create or replace function sluice.delivery_ack(
	p_topic bigint,
	p_seq bigint[],
	p_tries integer[],
	p_base boolean[],
	p_dlq boolean[],
	p_group text[],
	p_group_id bigint[])
returns table (item integer, seq bigint, tries integer)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_ack record;
	v_message record;
	v_delivery record;
	v_replayable boolean;
	v_finished boolean;
	v_held text[];	-- keys of the messages that were locked
begin
	v_replayable := exists (
		select
		from sluice.topic_configs c
		where c.topic_id = p_topic
		and c.replayable);

	for v_ack in
		select u.seq, u.tries, u.base, u.dlq, u.name,
			u.group_id as given_to, g.group_id, u.item
		from unnest(p_seq, p_tries, p_base, p_dlq, p_group,
			p_group_id)
			with ordinality
			as u (seq, tries, base, dlq, name, group_id, item)
		left join sluice.consumer_groups g
		on g.topic_id = p_topic
		and g.name = u.name
		and g.state = 1
		and (u.tries is null or g.group_id = u.group_id)
		order by u.seq, u.item
	loop
		select m.dlq, m.consumer_group, m.key
		into v_message
		from sluice.messages m
		where m.topic_id = p_topic
		and m.seq = v_ack.seq
		for update;
		continue when not found;
		if v_message.key is not null then
			v_held := array_append(v_held, v_message.key);
		end if;

		if v_message.dlq then
			continue when not v_ack.dlq
				or v_ack.given_to > 0
				or v_message.consumer_group
					is distinct from v_ack.name;
			select a.seq, a.tries
			into seq, tries
			from sluice.ack(p_topic, array[v_ack.seq],
				array[v_ack.tries], array[false],
				array[true]) a;
			continue when not found;
		else
			delete from sluice.deliveries d
			where d.topic_id = p_topic
			and d.seq = v_ack.seq
			and d.group_id = v_ack.group_id
			and d.status = 1
			and (v_ack.tries is null or d.tries = v_ack.tries)
			and v_ack.base
			returning d.seq, d.tries, d.retries, d.last_error
			into v_delivery;
			continue when not found;
			seq := v_delivery.seq;
			tries := v_delivery.tries;
			v_finished := sluice.finish_message(p_topic, v_ack.seq,
				v_replayable, v_ack.name, v_delivery.retries,
				v_delivery.last_error);
		end if;
		item := v_ack.item;
		return next;
	end loop;
	if v_held is not null then
		return query
		select g.item, g.seq, null::integer
		from sluice.go_on(p_topic, v_held) g;
	end if;
end
$$;
