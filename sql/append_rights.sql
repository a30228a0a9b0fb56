/*
 * Appending from SQL runs with the rights of whoever migrated: nobody may who
 * was not told that he may. The functions say so when they are made; a dump
 * that was restored without its privileges has forgotten it.
 */
do $$
declare
	v_function regprocedure;
begin
	if current_setting('transaction_read_only')::boolean then
		return;
	end if;
	for v_function in
		select p.oid
		from pg_proc p
		cross join lateral aclexplode(coalesce(p.proacl,
			acldefault('f', p.proowner))) a
		where p.pronamespace = 'sluice'::regnamespace
		and p.prosecdef
		and p.proname in ('append', 'append_all', 'append_json')
		and a.grantee = 0
		and pg_has_role(p.proowner, 'usage')
	loop
		execute format('revoke execute on function %s from public',
			v_function);
	end loop;
end
$$
