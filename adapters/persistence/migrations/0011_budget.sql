-- An account that Meta asked to send more slowly: nothing of it leaves before resume_at, and then one message
-- at a time until Meta takes one, whichever process sends it. No row = it sends freely.
create table meta_inbox.send_pauses (
  tenant_id text not null,
  account_id uuid not null,
  resume_at timestamptz not null,
  next_call_at timestamptz,
  refusals int not null,
  error jsonb not null,
  began_at timestamptz not null default now(),
  primary key (tenant_id, account_id),
  foreign key (tenant_id, account_id) references meta_inbox.accounts (tenant_id, id) on delete cascade
);
comment on column meta_inbox.send_pauses.next_call_at is 'when the next message may find out, after resume_at';
comment on column meta_inbox.send_pauses.refusals is 'in a row, for the backoff';

alter table meta_inbox.outbox add column automated boolean not null default false;
comment on column meta_inbox.outbox.automated is 'waits for what people of the same account have to say';
-- How many of an account are on their way.
create index outbox_sending on meta_inbox.outbox (tenant_id, account_id) where state = 'sending';

alter table meta_inbox.send_pauses enable row level security;
alter table meta_inbox.send_pauses force row level security;
create policy tenant on meta_inbox.send_pauses to meta_inbox_tenant
  using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''));
create policy system on meta_inbox.send_pauses to meta_inbox_system using (true) with check (true);
grant select, insert, update, delete on meta_inbox.send_pauses to meta_inbox_tenant, meta_inbox_system;
