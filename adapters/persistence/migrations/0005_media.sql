-- The files of messages. A row is made with its message; due_at is null where nothing is to be fetched.
create table meta_inbox.media (
  tenant_id text not null,
  id uuid not null,
  account_id uuid not null,
  contact_id text not null,
  message_id uuid not null,
  position int not null,
  type text not null,
  name text,
  source_url text not null,
  story boolean not null default false,
  keep boolean not null default true,
  state text not null default 'pending' check (state in ('pending', 'stored', 'expired', 'refused')),
  content_type text,
  size bigint,
  width int,
  height int,
  blob text,
  attempts int not null default 0,
  due_at timestamptz,
  lease_until timestamptz,
  fence uuid,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, message_id) references meta_inbox.messages (tenant_id, id) on delete cascade,
  check (not (story and state = 'stored'))
);
comment on column meta_inbox.media.source_url is 'Meta''s own address, short-lived; never shown';
comment on column meta_inbox.media.position is 'place among the attachments; -1 = the story replied to';
comment on column meta_inbox.media.blob is 'key in the blob store, set before anything is put there';
create index media_due on meta_inbox.media (due_at, id) where due_at is not null;
create index media_by_message on meta_inbox.media (tenant_id, message_id);

-- Blobs that no row names any more; each is deleted from the store before its row here is. The system's alone.
create table meta_inbox.media_discarded (
  tenant_id text not null,
  blob text not null,
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  primary key (tenant_id, blob)
);
create index media_discarded_due on meta_inbox.media_discarded (due_at);

-- However a row goes, its blob is remembered; a fetch that is under way may still put it, until its lease ends.
-- As the owner, since whoever deletes a message has nothing to do with the table above.
create function meta_inbox.discard_media() returns trigger
language plpgsql security definer set search_path = pg_catalog as $discard$
begin
  insert into meta_inbox.media_discarded (tenant_id, blob, due_at)
  values (old.tenant_id, old.blob, greatest(now(), old.lease_until))
  on conflict (tenant_id, blob) do update set due_at = excluded.due_at;
  return null;
end
$discard$;
create trigger discard_media after delete on meta_inbox.media
  for each row when (old.blob is not null) execute function meta_inbox.discard_media();

alter table meta_inbox.media enable row level security, force row level security;
create policy tenant on meta_inbox.media to meta_inbox_tenant
  using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''));
create policy system on meta_inbox.media to meta_inbox_system using (true) with check (true);
grant select, insert, update, delete on meta_inbox.media to meta_inbox_tenant, meta_inbox_system;

alter table meta_inbox.media_discarded enable row level security, force row level security;
-- For the owner too, whoever that is, under whom the trigger runs; nobody else has a grant.
create policy system on meta_inbox.media_discarded using (true) with check (true);
grant select, insert, update, delete on meta_inbox.media_discarded to meta_inbox_system;

-- A contact's picture is passed on from Meta by an id of its own, and never stored.
alter table meta_inbox.contacts add column picture_id uuid;
create unique index contacts_by_picture on meta_inbox.contacts (tenant_id, picture_id) where picture_id is not null;
