/*
 * Give a user a grant, unless he has it, or p_max. Of those who do this at
 * once for one user each counts what the ones before him gave: the count is of
 * a statement that begins when his row is locked.
 *
 * The outcome is 'created', with created_at, 'exists', 'full' or 'missing'.
 */
create or replace function sluice.grant_create(
	p_user uuid,
	p_id uuid,
	p_action text,
	p_topic_pattern text,
	p_consumer_group text,
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
	from sluice.grants g
	where g.user_id = p_user;
	if v_held >= p_max then
		outcome := 'full';
		return;
	end if;

	insert into sluice.grants as g (user_id, id, action, topic_pattern,
		consumer_group)
	values (p_user, p_id, p_action, p_topic_pattern, p_consumer_group)
	on conflict do nothing
	returning g.created_at
	into created_at;
	if not found then
		outcome := 'exists';
		return;
	end if;
	update sluice.epochs e
	set value = e.value + 1
	where e.name = 'auth';
	outcome := 'created';
end
$$;
