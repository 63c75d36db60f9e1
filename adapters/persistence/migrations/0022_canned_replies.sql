-- What agents are asked again and again, with the answer.
create table meta_inbox.canned_replies (
  tenant_id text not null,
  id uuid not null,
  shortcut text not null,
  key text collate "C" not null,
  text text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, key)
);
comment on column meta_inbox.canned_replies.key is 'the shortcut with the case of its letters folded; made outside, so that it does not hang on the locale';

alter table meta_inbox.canned_replies enable row level security, force row level security;
create policy tenant on meta_inbox.canned_replies to meta_inbox_tenant
  using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''));
create policy system on meta_inbox.canned_replies to meta_inbox_system using (true) with check (true);
grant select, insert, update, delete on meta_inbox.canned_replies to meta_inbox_tenant, meta_inbox_system;
