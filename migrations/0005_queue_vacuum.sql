/*
 * No vacuum of messages just because many came. A message is updated and
 * deleted before long, and then vacuum comes for the dead: what it had marked
 * before is undone, and it had read and written each page a second time for
 * it, a tenth of what an enqueue in a batch costs PostgreSQL. The price is
 * that counting a backlog that nobody has touched looks into the table.
 */
alter table sluice.messages set (
	autovacuum_vacuum_insert_threshold = -1
);
