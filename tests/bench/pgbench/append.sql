\set number random(1, :streams)
with held as (
	update sluice.streams s
	set next_seq = s.next_seq + 1
	where s.stream_id = :number
	returning s.next_seq - 1 as seq
)
insert into sluice.entries (stream_id, incarnation, seq, at, data)
select :number, 0, h.seq, now(), :payload::bytea
from held h;
