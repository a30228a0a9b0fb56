/*
 * Each execution of a statement that writes reads the table's check
 * constraints from their text anew: a fifth to a quarter of what a lone
 * append or enqueue cost PostgreSQL (docs/decisions/checks.md). Only the
 * functions of sql/fn/ write these tables; the rules are kept in the view
 * sluice.broken_rows, which the tests look at after all they do.
 */
do $$
declare
	v record;
begin
	for v in
		select c.conrelid::regclass as hot, c.conname
		from pg_constraint c
		where c.contype = 'c'
		and c.conrelid = any (array[
			'sluice.messages', 'sluice.message_keys',
			'sluice.message_expiries', 'sluice.deliveries',
			'sluice.message_log', 'sluice.topic_tokens',
			'sluice.streams', 'sluice.entries',
			'sluice.producers', 'sluice.consumers',
			'sluice.consumer_members', 'sluice.pending']::regclass[])
		order by 1, 2
	loop
		execute format('alter table %s drop constraint %I', v.hot,
			v.conname);
	end loop;
end
$$;
