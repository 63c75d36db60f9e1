-- Accounts are looked after once a day. Those there are, spread over the first day.
alter table meta_inbox.accounts
  add column care_due_at timestamptz not null default now() + random() * interval '1 day',
  add column care_doubted boolean not null default false,
  add column expiry_told boolean not null default false;
comment on column meta_inbox.accounts.care_due_at is 'when it is looked at; while a process has it, its fence';
comment on column meta_inbox.accounts.care_doubted is 'at the last look Meta no longer took the token';
comment on column meta_inbox.accounts.expiry_told is 'its tenant was told that token or access to data end soon';
create index accounts_to_look_after on meta_inbox.accounts (care_due_at) where status = 'active';
