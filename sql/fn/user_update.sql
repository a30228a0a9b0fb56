/*
 * Change a user; null leaves a value as it is. A new password or new rights
 * make a new version, which ends the tokens of the old one.
 *
 * No row: there is no such user. Otherwise outcome says 'updated', or
 * 'taken' when another user has that name and nothing was changed.
 */
create or replace function sluice.user_update(
	p_id uuid,
	p_name text,
	p_password_hash text,
	p_is_admin boolean)
returns table (
	outcome text,
	id uuid,
	name text,
	is_admin boolean,
	version bigint,
	created_at timestamptz,
	updated_at timestamptz)
language plpgsql
as $$
#variable_conflict use_column
begin
	return query
	update sluice.users u
	set name = coalesce(p_name, u.name),
		password_hash = coalesce(p_password_hash, u.password_hash),
		is_admin = coalesce(p_is_admin, u.is_admin),
		version = u.version + (p_password_hash is not null
			or coalesce(p_is_admin <> u.is_admin, false))::integer,
		updated_at = now()
	where u.id = p_id
	returning 'updated', u.id, u.name, u.is_admin, u.version, u.created_at,
		u.updated_at;
	if found then
		update sluice.epochs e
		set value = e.value + 1
		where e.name = 'auth';
	end if;
exception
	when unique_violation then
		return query
		select 'taken', u.id, u.name, u.is_admin, u.version,
			u.created_at, u.updated_at
		from sluice.users u
		where u.id = p_id;
end
$$;
