/*
 * Where the entries begin that are not older than a time, among those from
 * $3 to below $4: sql/fn/entry_since.sql. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 from_seq bigint,
 *	$4 to_seq bigint, $5 at_us bigint: microseconds since 1970
 * One row:
 *	0 seq bigint; $4 if all are older
 */
select sluice.entry_since($1::bigint, $2::integer, $3::bigint, $4::bigint,
	timestamptz 'epoch' + $5::bigint * interval '1 us')
