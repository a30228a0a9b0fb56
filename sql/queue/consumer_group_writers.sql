/*
 * The transactions that have written or are writing messages, by their
 * virtual ids; with $1 those of them that it names. Reads.
 *
 *	$1 among text, or null
 * One row:
 *	0 writers text, separated by blanks; null when there are none
 */
select string_agg(distinct l.virtualtransaction, ' ')
from pg_locks l
where l.locktype = 'relation'
and l.database = (
	select d.oid
	from pg_database d
	where d.datname = current_database())
and l.relation = 'sluice.messages'::regclass
and l.mode in ('RowShareLock', 'RowExclusiveLock')
and l.granted
and l.pid is distinct from pg_backend_pid()
and ($1::text is null
	or l.virtualtransaction = any (string_to_array($1::text, ' ')))
