/*
 * Who keeps vacuum from cleaning up. While a transaction is open, every
 * message that was acked since stays in the indexes and is walked again.
 */
create or replace view sluice.oldest_transactions as
select a.pid,
	a."user",
	a.application,
	a.client,
	a.state,
	now() - a.xact_start as open_for,
	a.transactions_held,
	left(a.statement, 200) as last_statement
from sluice.sessions_now() a
where a.xact_start is not null
and a.pid <> pg_backend_pid()
order by a.xact_start;

comment on view sluice.oldest_transactions is
	'open transactions, oldest first; they keep dead rows from removal';
comment on column sluice.oldest_transactions.transactions_held is
	'how many transactions have begun since its snapshot';
comment on column sluice.oldest_transactions.last_statement is
	'in full if it is our own; of others the first word';
comment on column sluice.oldest_transactions.state is
	'active: at a statement; idle in transaction: between two';
