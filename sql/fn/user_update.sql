/*
 * Change a user; null leaves a value as it is. A new password makes a new
 * version, which ends the tokens of the old one; new rights need none, since
 * no token carries any.
 *
 * No row: there is no such user. Otherwise outcome says 'updated', 'taken'
 * when another user has that name, or 'last_admin' when nobody could make
 * another one afterwards; with these two nothing was changed.
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
declare
	v_refusal text;
begin
	if not p_is_admin and sluice.is_last_admin(p_id) then
		v_refusal := 'last_admin';
	else
		begin
			return query
			update sluice.users u
			set name = coalesce(p_name, u.name),
				password_hash = coalesce(p_password_hash,
					u.password_hash),
				is_admin = coalesce(p_is_admin, u.is_admin),
				version = u.version + case
					when p_password_hash is null then 0
					else 1 end,
				updated_at = now()
			where u.id = p_id
			returning 'updated', u.id, u.name, u.is_admin,
				u.version, u.created_at, u.updated_at;
			if found then
				update sluice.epochs e
				set value = e.value + 1
				where e.name = 'auth';
			end if;
			return;
		exception
			when unique_violation then
				v_refusal := 'taken';
		end;
	end if;
	return query
	select v_refusal, u.id, u.name, u.is_admin, u.version, u.created_at,
		u.updated_at
	from sluice.users u
	where u.id = p_id;
end
$$;
