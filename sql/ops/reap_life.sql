/*
 * Remove a piece of what is left of a stream's life: sql/fn/reap_life.sql.
 * Writes. Begin with from 0, then go on from what it says, until that is
 * null.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 from bigint,
 *	$4 batch bigint, $5 bytes bigint
 * One row:
 *	0 count bigint, 1 next_from bigint
 */
select r.count, r.next_from
from sluice.reap_life($1::bigint, $2::integer, $3::bigint, $4::bigint,
	$5::bigint) r
