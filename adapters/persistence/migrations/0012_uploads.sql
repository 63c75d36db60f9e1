-- Files that agents send. A row is there before its bytes are; until it is ready nobody finds it.
create table meta_inbox.uploads (
  tenant_id text not null,
  id uuid not null,
  content_type text not null,
  size bigint not null,
  width int,
  height int,
  name text,
  blob text not null,
  uploaded_by text not null,
  ready boolean not null default false,
  due_at timestamptz not null default now() + interval '24 hours',
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
comment on column meta_inbox.uploads.blob is 'key in the blob store; files of messages that show the upload have the same';
comment on column meta_inbox.uploads.due_at is 'when to look whether any message shows it; if none does, it is forgotten';
create index uploads_due on meta_inbox.uploads (due_at);
create index uploads_by_blob on meta_inbox.uploads (blob);

-- The copies of them that Meta was given: one for each account and kind. Meta forgets a copy after 90 days.
create table meta_inbox.upload_copies (
  tenant_id text not null,
  upload_id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('image', 'video', 'audio', 'file')),
  attachment_id text not null,
  copied_at timestamptz not null default now(),
  primary key (tenant_id, upload_id, account_id, kind),
  foreign key (tenant_id, upload_id) references meta_inbox.uploads (tenant_id, id) on delete cascade
);

-- Several rows may now have the same bytes: what is discarded is deleted only when none has them any more.
create function meta_inbox.discard_upload() returns trigger
language plpgsql security definer set search_path = pg_catalog as $discard$
begin
  insert into meta_inbox.media_discarded (tenant_id, blob) values (old.tenant_id, old.blob)
  on conflict (tenant_id, blob) do update set due_at = excluded.due_at;
  return null;
end
$discard$;
create trigger discard_upload after delete on meta_inbox.uploads
  for each row execute function meta_inbox.discard_upload();

do $policies$
declare
  t text;
begin
  foreach t in array array['uploads', 'upload_copies'] loop
    execute format('alter table meta_inbox.%I enable row level security, force row level security', t);
    execute format($p$create policy tenant on meta_inbox.%I to meta_inbox_tenant
      using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
      with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))$p$, t);
    execute format('create policy system on meta_inbox.%I to meta_inbox_system using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on meta_inbox.%I to meta_inbox_tenant, meta_inbox_system', t);
  end loop;
end
$policies$;
