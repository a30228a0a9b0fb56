/*
 * Remove a user and its grants.
 *
 * No row: there is no such user. Otherwise outcome says 'deleted', or
 * 'last_admin' when nobody could make another one afterwards and nothing was
 * changed.
 */
create or replace function sluice.user_delete(
	p_id uuid)
returns table (
	outcome text)
language plpgsql
as $$
begin
	if sluice.is_last_admin(p_id) then
		return query
		select 'last_admin';
		return;
	end if;
	delete from sluice.users u
	where u.id = p_id;
	if not found then
		return;
	end if;
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'auth';
	return query
	select 'deleted';
end
$$;
