/*
 * Append to one stream, for several callers at once: sql/fn/append_turn.sql.
 * Writes.
 *
 *	$1 stream_id bigint, $2 name text, $3 data bytea[], $4 key bytea[],
 *	$5 media_type text[], $6 bytes bigint[], $7 stream_seq text[],
 *	$8 count integer[], $9 producer text[], $10 epoch bigint[],
 *	$11 producer_seq bigint[], $12 at_us bigint[], $13 close boolean[]
 * Rows:
 *	0 caller integer, 1 status smallint, 2 incarnation integer,
 *	3 next_seq bigint, 4 closed boolean, 5 number bigint, 6 held text
 */
select a.caller, a.status, a.incarnation, a.next_seq, a.closed, a.number,
	a.held
from sluice.append_turn($1::bigint, $2::text, $3::bytea[], $4::bytea[],
	$5::text[], $6::bigint[], $7::text[], $8::integer[], $9::text[],
	$10::bigint[], $11::bigint[], $12::bigint[], $13::boolean[]) a
