/*
 * The names of the topics with those ids, in their order. Reads.
 *	$1 ids bigint[]
 * Rows: 0 name text, null where there is no such topic
 */
select t.name
from unnest($1::bigint[]) with ordinality as u (topic_id, place)
left join sluice.topics t
on t.topic_id = u.topic_id
order by u.place
