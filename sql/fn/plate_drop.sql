/*
 * Delete a plate: nobody has access from now on, and its streams are to be
 * ended. False: there is none.
 */
create or replace function sluice.plate_drop(
	p_plate text)
returns boolean
language plpgsql
as $$
begin
	update sluice.plates p
	set ended_at = clock_timestamp()
	where p.plate = p_plate
	and p.ended_at is null;
	if not found then
		return false;
	end if;
	delete from sluice.plate_keys k
	where k.plate = p_plate;
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'auth';
	return true;
end
$$;
