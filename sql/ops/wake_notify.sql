-- Tell the other worker processes; see sql/wake.h.
-- $1 text: the note
-- returns nothing; writes nothing
select pg_notify('sluice_wake', $1::text);
