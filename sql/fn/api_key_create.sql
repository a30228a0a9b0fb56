/*
 * Give a user an API key, unless he has p_max. Of those who do this at once
 * for one user each counts what the ones before him gave: the count is of a
 * statement that begins when his row is locked.
 *
 * The outcome is 'created', with created_at, 'full' or 'missing'.
 */
create or replace function sluice.api_key_create(
	p_user uuid,
	p_id uuid,
	p_name text,
	p_hash bytea,
	p_expires_at timestamptz,
	p_max bigint,
	out outcome text,
	out created_at timestamptz)
language plpgsql
as $$
#variable_conflict use_column
declare
	v_held bigint;
begin
	perform
	from sluice.users u
	where u.id = p_user
	for update;
	if not found then
		outcome := 'missing';
		return;
	end if;

	select count(*)
	into v_held
	from sluice.api_keys k
	where k.user_id = p_user;
	if v_held >= p_max then
		outcome := 'full';
		return;
	end if;

	insert into sluice.api_keys as k (user_id, id, name, hash, expires_at)
	values (p_user, p_id, p_name, p_hash, p_expires_at)
	returning k.created_at
	into created_at;
	outcome := 'created';
end
$$;
