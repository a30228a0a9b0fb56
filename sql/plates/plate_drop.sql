/*
 * Delete a plate: sql/fn/plate_drop.sql. Writes; a new 'auth' epoch.
 *
 *	$1 plate text
 * One row:
 *	0 deleted boolean; false: there is none
 */
select sluice.plate_drop($1::text)
