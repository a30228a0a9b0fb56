-- What a worker does for one dequeue and one ack, with its hints: the lowest
-- fresh message there may be, and a full look now and then (a worker's is
-- once a second). After each 100 acks, 100 messages are enqueued again.
\set look :look + 1
\set full case when :look % 2000 = 0 then 1 else 0 end
select seq as m_seq, tries as m_tries, retries, max_retries, status, visible_at, created_at, expires_at, dlq_moved_at, key, last_error, metadata, payload as m_payload from sluice.dequeue(:topic::bigint, false, 1, 30000, 3, case when :full = 1 then 0 else :from::bigint end, :full = 1, '-infinity', 33554432) where seq is not null \gset
select item, seq, tries from sluice.ack(:topic::bigint, array[:m_seq::bigint], array[:m_tries::integer], array[true], array[true]);
\set from :m_seq - 102400000
\if :look % 100 = 0
select sluice.enqueue(:topic::bigint, array(select ((extract(epoch from clock_timestamp()) - 1704067200)::numeric * 1000000)::bigint * 1024 + n * 1024 + :client_id from generate_series(1, 100) n), null, array_fill(:payload::bytea, array[100]), null, null, array[86400000]::bigint[], array[3], null);
\endif
