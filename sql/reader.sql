/*
 * The role sluice_reader may read every view and nothing else: no table, so
 * neither payloads nor hashes, and no function that writes. Nobody logs in as
 * it; it is granted to who looks: grant sluice_reader to ann;
 *
 * Run at the end of each migration, since views may be new. It is made where
 * that is allowed; where not, docs/operations.md has what a superuser says.
 * Where the rights are there, or not ours to give, nothing is written: workers
 * that may not migrate start with this too, also while nobody may write.
 */
do $$
declare
	v_view regclass;
begin
	if current_setting('transaction_read_only')::boolean then
		return;
	end if;
	if to_regrole('sluice_reader') is null then
		if not exists (
			select
			from pg_roles r
			where r.rolname = current_user
			and (r.rolsuper or r.rolcreaterole)
		) then
			return;
		end if;
		begin
			create role sluice_reader nologin;
		exception
			-- Another database of the cluster is migrated as well.
			when duplicate_object or unique_violation then
				null;
		end;
	end if;

	if not has_schema_privilege('sluice_reader', 'sluice', 'usage')
	and has_schema_privilege('sluice', 'usage with grant option') then
		grant usage on schema sluice to sluice_reader;
	end if;
	for v_view in
		select c.oid
		from pg_class c
		where c.relnamespace = 'sluice'::regnamespace
		and c.relkind = 'v'
		and not has_table_privilege('sluice_reader', c.oid, 'select')
		and has_table_privilege(c.oid, 'select with grant option')
		order by c.relname
	loop
		execute format('grant select on %s to sluice_reader', v_view);
	end loop;
end
$$
