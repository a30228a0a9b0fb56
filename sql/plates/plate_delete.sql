/*
 * XDEL: sql/fn/plate_delete.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 id bytea[]
 * One row:
 *	0 status smallint, 1 count bigint
 */
select d.status, d.count
from sluice.plate_delete($1::bigint, $2::text, $3::bytea[]) d
