/*
 * Remove key rows whose message is gone, walking all key rows by topic and
 * key, $3 of them a call. Writes. Begin after the lowest bigint and '', then
 * go on after what it says last, until last_topic is null.
 *
 *	$1 topic_id bigint, $2 key text, $3 batch bigint
 * One row:
 *	0 count bigint, 1 last_topic bigint, 2 last_key text
 */
with looked_at as materialized (
	select k.topic_id, k.key, k.seq
	from sluice.message_keys k
	where (k.topic_id, k.key) > ($1::bigint, $2::text collate "C")
	order by k.topic_id, k.key
	limit $3::bigint
), orphans as materialized (
	select k.topic_id, k.key
	from looked_at l
	join sluice.message_keys k
	on k.topic_id = l.topic_id
	and k.key = l.key
	where k.seq = l.seq
	and not exists (
		select from sluice.messages m
		where m.topic_id = l.topic_id
		and m.seq = l.seq
	)
	for update of k skip locked
), gone as (
	delete from sluice.message_keys k
	using orphans o
	where k.topic_id = o.topic_id
	and k.key = o.key
	returning k.key
), last as (
	select l.topic_id, l.key
	from looked_at l
	order by l.topic_id desc, l.key desc
	limit 1
)
select (select count(*) from gone),
	(select l.topic_id from last l),
	(select l.key from last l)
