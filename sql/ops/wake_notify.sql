/*
 * Tell the other worker processes: sql/wake.h. Writes nothing that stays.
 *
 *	$1 note text
 * One row:
 *	0 nothing void
 */
select pg_notify('sluice_wake', $1::text)
