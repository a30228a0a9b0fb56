/*
 * Give a plate one more key: sql/fn/plate_key_create.sql. Writes.
 *
 *	$1 plate text, $2 key uuid, $3 hash bytea, $4 max bigint
 * One row:
 *	0 status smallint, 1 created_at timestamptz
 */
select c.status, c.created_at
from sluice.plate_key_create($1::text, $2::uuid, $3::bytea, $4::bigint) c
