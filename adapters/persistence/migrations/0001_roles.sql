-- The two roles that every transaction takes on. They cannot log in and own nothing.
-- A login that may not make them gets the exact statements to hand to an administrator.
do $roles$
declare
  wanted text;
  grants text;
  missing text[] := '{}';
begin
  foreach wanted in array array['meta_inbox_tenant', 'meta_inbox_system'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then missing := missing || format('create role %I nologin;', wanted);
      end;
    end if;
    grants := format('grant %I to %I', wanted, current_user)
      || case when current_setting('server_version_num')::int >= 160000
              then ' with inherit false, set true' else '' end;
    if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
       and not exists (
         select from pg_catalog.pg_auth_members m
         join pg_catalog.pg_roles r on r.oid = m.roleid
         join pg_catalog.pg_roles u on u.oid = m.member
         where r.rolname = wanted and u.rolname = current_user
           and (current_setting('server_version_num')::int < 160000 or (to_jsonb(m) ->> 'set_option')::boolean)
       )
    then
      begin
        execute grants;
      exception
        when insufficient_privilege or undefined_object then missing := missing || (grants || ';');
      end;
    end if;
  end loop;
  if cardinality(missing) > 0 then
    raise exception using
      errcode = 'insufficient_privilege',
      message = format('the login %s may not set up the roles of meta-inbox', current_user),
      hint = 'Let an administrator run: ' || array_to_string(missing, ' ');
  end if;
end
$roles$;

grant usage on schema meta_inbox to meta_inbox_tenant, meta_inbox_system;
