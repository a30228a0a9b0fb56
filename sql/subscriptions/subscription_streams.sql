/*
 * Streams of a subscription, those with pending entries first. Reads.
 *
 *	$1 subscription_id text, $2 limit bigint
 * Rows:
 *	0 name text, 1 explicit boolean, 2 incarnation integer,
 *	3 acked_seq bigint, 4 tail_seq bigint, 5 pending boolean
 */
select l.name, l.explicit, l.incarnation, l.acked_seq, l.tail_seq, l.pending
from sluice.subscription_links l
where l.subscription_id = $1::text
order by l.pending desc, l.name
limit $2::bigint
