-- Contacts that are deleted. The row outlives the work: what came before the deletion must not come back, by a
-- webhook that Meta repeats or by a history that is read once more. Then it holds no id of the contact's, only
-- a digest that is salted with the account's id, which is random.

create table meta_inbox.contact_deletions (
  tenant_id text not null,
  account_id uuid not null,
  digest bytea not null,
  id uuid not null,
  contact_id text,
  message_ids text[] not null default '{}',
  deleted_at timestamptz not null,
  passes int not null default 0,
  due_at timestamptz default now(),
  lease_until timestamptz,
  fence uuid,
  primary key (tenant_id, account_id, digest),
  unique (tenant_id, id),
  foreign key (tenant_id, account_id) references meta_inbox.accounts (tenant_id, id)
);
comment on column meta_inbox.contact_deletions.digest is
  'SHA-256 of account_id:contact_id, without the prefix of those who comment';
comment on column meta_inbox.contact_deletions.contact_id is 'as long as there is something to do, without that prefix';
comment on column meta_inbox.contact_deletions.message_ids is
  'Meta''s ids by which webhooks name what belongs to the contact but does not name them; once done, as digests';
comment on column meta_inbox.contact_deletions.due_at is 'when it is worked at; null = it is done';
create index contact_deletions_due on meta_inbox.contact_deletions (due_at) where due_at is not null;

alter table meta_inbox.contact_deletions enable row level security, force row level security;
create policy tenant on meta_inbox.contact_deletions to meta_inbox_tenant
  using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''));
create policy system on meta_inbox.contact_deletions to meta_inbox_system using (true) with check (true);
grant select, insert, update on meta_inbox.contact_deletions to meta_inbox_tenant;
grant select, insert, update, delete on meta_inbox.contact_deletions to meta_inbox_system;
grant delete on meta_inbox.contacts to meta_inbox_tenant;

-- Whichever way a message comes in, it is refused here when it is older than the deletion of its contact. A
-- webhook that brings one left its body in the journal, so the deletion has to be worked at once more.
create function meta_inbox.refuse_deleted() returns trigger
language plpgsql set search_path = pg_catalog as $refuse$
declare
  person text := case when new.contact_id like 'comments:%' then substr(new.contact_id, 10) else new.contact_id end;
  found_id uuid;
begin
  select d.id into found_id from meta_inbox.contact_deletions d
  where d.tenant_id = new.tenant_id and d.account_id = new.account_id
    and d.digest = sha256(convert_to(new.account_id::text || ':' || person, 'UTF8'))
    and d.deleted_at >= new.ordered_at;
  if found_id is null then
    return new;
  end if;
  if not new.imported then
    update meta_inbox.contact_deletions d
    set contact_id = person, passes = 0, due_at = now(), lease_until = null, fence = null,
        message_ids = case when new.meta_message_id is null or new.meta_message_id = any(d.message_ids)
                      then d.message_ids else d.message_ids || new.meta_message_id end
    where d.tenant_id = new.tenant_id and d.id = found_id;
  end if;
  return null;
end
$refuse$;
-- What is sent from here now is never older.
create trigger refuse_deleted before insert on meta_inbox.messages
  for each row when (new.status not in ('queued', 'sending')) execute function meta_inbox.refuse_deleted();
