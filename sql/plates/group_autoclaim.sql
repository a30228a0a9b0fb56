/*
 * Claim what is idle, of all that is pending: sql/fn/group_autoclaim.sql.
 * Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 consumer text, $4 member text,
 *	$5 start bytea, $6 min_idle bigint, $7 count bigint, $8 look bigint,
 *	$9 just_id boolean, $10 bytes_max bigint
 * One row with a status and where to go on, then the entries, without:
 *	0 status smallint, 1 id bytea, 2 fields boolean, 3 data bytea,
 *	4 gone boolean
 */
select g.status, g.id, g.fields, g.data, g.gone
from sluice.group_autoclaim($1::bigint, $2::text, $3::text, $4::text,
	$5::bytea, $6::bigint, $7::bigint, $8::bigint, $9::boolean,
	$10::bigint) g
