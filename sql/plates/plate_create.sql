/*
 * Create a plate, with its first key: sql/fn/plate_create.sql. Writes.
 *
 *	$1 plate text, $2 key uuid, $3 hash bytea
 * One row:
 *	0 status smallint, 1 created_at timestamptz
 */
select c.status, c.created_at
from sluice.plate_create($1::text, $2::uuid, $3::bytea) c
