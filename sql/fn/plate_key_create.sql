/*
 * Give a plate one more key, of which it has p_max at most.
 *
 * status
 *	0  created
 *	1  there is no such plate
 *	2  it has p_max keys
 */
create or replace function sluice.plate_key_create(
	p_plate text,
	p_key uuid,
	p_hash bytea,
	p_max bigint,
	out status smallint,
	out created_at timestamptz)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_keys bigint;
begin
	perform
	from sluice.plates p
	where p.plate = p_plate
	and p.ended_at is null
	for update;
	if not found then
		status := 1;
		return;
	end if;
	select count(*)
	into v_keys
	from sluice.plate_keys k
	where k.plate = p_plate;
	if v_keys >= p_max then
		status := 2;
		return;
	end if;
	status := 0;
	insert into sluice.plate_keys as k (plate, id, hash)
	values (p_plate, p_key, p_hash)
	returning k.created_at into created_at;
end
$$;
