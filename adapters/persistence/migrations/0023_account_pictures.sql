-- An account's picture is passed on from Meta by an id of its own, as a contact's is, and never stored.
alter table meta_inbox.accounts
  add column picture_id uuid,
  add column picture_due_at timestamptz not null default now(),
  add column picture_fetched_at timestamptz;
comment on column meta_inbox.accounts.profile_picture_url is 'Meta''s own address, short-lived; never shown';
comment on column meta_inbox.accounts.picture_due_at is 'when Meta is to be asked where it is; of Pages it never is';
create unique index accounts_by_picture on meta_inbox.accounts (tenant_id, picture_id) where picture_id is not null;
create index accounts_to_ask on meta_inbox.accounts (picture_due_at) where platform = 'instagram' and status = 'active';
