/*
 * Create a plate, with its first key.
 *
 * status
 *	0  created
 *	1  there is one of that id
 *	2  one of that id was deleted, and its streams are being ended
 *	3  streams live in it that are not a plate's: their entries have no ids
 */
create or replace function sluice.plate_create(
	p_plate text,
	p_key uuid,
	p_hash bytea,
	out status smallint,
	out created_at timestamptz)
language plpgsql
as $$
#variable_conflict use_column
begin
	status := 0;
	if exists (
		select
		from sluice.streams s
		where s.state = 0
		and s.name > p_plate || '/'
		and s.name < p_plate || '0'
		and s.last_id is null
		and (s.expires_at is null or s.expires_at > now())
	) then
		status := 3;
		return;
	end if;
	insert into sluice.plates as p (plate)
	values (p_plate)
	on conflict do nothing
	returning p.created_at into created_at;
	if not found then
		select case when p.ended_at is null then 1 else 2 end
		into status
		from sluice.plates p
		where p.plate = p_plate;
		return;
	end if;
	insert into sluice.plate_keys (plate, id, hash)
	values (p_plate, p_key, p_hash);
end
$$;
