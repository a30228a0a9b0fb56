/*
 * What XINFO STREAM says beside the row, whose columns $2 to $5 are. Reads.
 *
 *	$1 stream_id bigint, $2 incarnation integer, $3 first_seq bigint,
 *	$4 next_seq bigint, $5 length bigint
 * One row:
 *	0 nodes bigint, 1 groups bigint
 */
select sluice.plate_nodes($1::bigint, $2::integer, $3::bigint, $4::bigint,
		$5::bigint) as nodes,
	(
		select count(*)
		from sluice.consumers c
		where c.stream_id = $1::bigint
		and c.incarnation = $2::integer
	) as groups
