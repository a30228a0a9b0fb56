/*
 * Is the user the only admin? All admins are locked until the transaction
 * ends, so that two of them cannot take each other out at the same moment.
 */
create or replace function sluice.is_last_admin(
	p_id uuid)
returns boolean
language plpgsql
as $$
declare
	v_admins uuid[];
begin
	select array_agg(l.id) into v_admins
	from (
		select u.id
		from sluice.users u
		where u.is_admin
		order by u.id
		for update
	) l;
	return v_admins = array[p_id];
end
$$;
