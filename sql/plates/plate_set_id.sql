/*
 * XSETID: sql/fn/plate_set_id.sql. Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 id bytea, $4 added bigint,
 *	$5 deleted_id bytea
 * One row:
 *	0 status smallint
 */
select sluice.plate_set_id($1::bigint, $2::text, $3::bytea, $4::bigint,
	$5::bytea)
