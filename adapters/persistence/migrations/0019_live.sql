-- What a browser shows when it opens a live connection, once and soon. No tenant is known before it is found.
create table meta_inbox.live_tickets (
  ticket_hash bytea primary key,
  tenant_id text not null,
  user_id text not null,
  ends_at timestamptz,
  expires_at timestamptz not null
);
comment on column meta_inbox.live_tickets.ends_at is 'when the credential ends with which it was asked for; null = never';
create index live_tickets_by_age on meta_inbox.live_tickets (expires_at);
alter table meta_inbox.live_tickets enable row level security, force row level security;
create policy system on meta_inbox.live_tickets to meta_inbox_system using (true) with check (true);
grant select, insert, update, delete on meta_inbox.live_tickets to meta_inbox_system;
