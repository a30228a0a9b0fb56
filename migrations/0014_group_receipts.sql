/*
 * Receipts of deliveries to groups say which group, as a name may be
 * registered again: these functions say and are told more than they did.
 */
drop function if exists sluice.delivery_dequeue(bigint, boolean, integer,
	bigint, integer, bigint, boolean, timestamptz, bigint, integer, text);
drop function if exists sluice.delivery_ack(bigint, bigint[], integer[],
	boolean[], boolean[], text[]);
drop function if exists sluice.delivery_nack(bigint, bigint[], integer[],
	boolean[], boolean[], text[], text[], bigint[], integer);
drop function if exists sluice.delivery_extend(bigint, bigint[], integer[],
	boolean[], boolean[], text[], bigint[]);
