/*
 * Who keeps vacuum from cleaning up. While a transaction is open, every
 * message that was acked since stays in the indexes and is walked again.
 */
create or replace view sluice.oldest_transactions as
select a.pid,
	a.usename as "user",
	a.application_name as application,
	a.client_addr as client,
	a.state,
	now() - a.xact_start as open_for,
	greatest(age(a.backend_xmin), age(a.backend_xid))
		as transactions_held,
	left(a.query, 200) as last_statement
from pg_stat_activity a
where a.xact_start is not null
and a.pid <> pg_backend_pid()
order by a.xact_start;

comment on view sluice.oldest_transactions is
	'open transactions, oldest first; they keep dead rows from removal';
comment on column sluice.oldest_transactions.transactions_held is
	'how many transactions have begun since its snapshot';
