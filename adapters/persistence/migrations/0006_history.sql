-- What was said before and what webhooks missed, read back from Meta; and who is asked for a profile when.

alter table meta_inbox.messages add column imported boolean not null default false;
comment on column meta_inbox.messages.imported is 'read back from Meta, not brought by a webhook';

alter table meta_inbox.contacts
  add column facts jsonb,
  add column profile_rank smallint not null default 0,
  add column profile_refusals smallint not null default 0;
comment on column meta_inbox.contacts.profile_rank is '0 = wrote and has no name yet, 1 = known, 2 = of the history';
create index contacts_to_ask on meta_inbox.contacts (profile_rank, profile_due_at)
  where profile_due_at is not null;

-- One row an account: the run that is due or under way, else the latest with when the next one is due.
create table meta_inbox.history_runs (
  tenant_id text not null,
  account_id uuid not null,
  kind text not null default 'import' check (kind in ('import', 'repair')),
  state text not null default 'due' check (state in ('due', 'running', 'done', 'failed')),
  due_at timestamptz not null default now(),
  asked_at timestamptz not null default now(),
  lease_until timestamptz,
  fence uuid,
  attempt int not null default 0,
  cursor text,
  conversations int not null default 0,
  messages int not null default 0,
  missed int not null default 0,
  held_since timestamptz,
  told_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  problem text,
  complete_as_of timestamptz,
  last_missed int,
  primary key (tenant_id, account_id),
  foreign key (tenant_id, account_id) references meta_inbox.accounts (tenant_id, id)
);
comment on column meta_inbox.history_runs.asked_at is 'a run that began earlier is followed by another at once';
comment on column meta_inbox.history_runs.missed is 'messages of contacts that a webhook should have brought';
comment on column meta_inbox.history_runs.held_since is
  'the oldest message left out because it may be of a send that has not ended';
comment on column meta_inbox.history_runs.complete_as_of is 'everything before was read by a run that ended';
comment on column meta_inbox.history_runs.last_missed is '"missed" of the latest repair that ended';
create index history_runs_due on meta_inbox.history_runs (due_at);

-- When this service last was there to receive webhooks.
create table meta_inbox.heartbeats (
  name text primary key,
  at timestamptz not null
);

-- Row security is forced on the owner as well, who has to see every row for once.
alter table meta_inbox.accounts no force row level security;
alter table meta_inbox.contacts no force row level security;
-- Accounts that were connected before this release are imported over the next hour.
insert into meta_inbox.history_runs (tenant_id, account_id, due_at)
select tenant_id, id, now() + random() * interval '1 hour' from meta_inbox.accounts;
-- Profiles from before are looked at again like all others, over a week.
update meta_inbox.contacts
set profile_rank = 1, picture_id = case when profile_picture_url is not null then gen_random_uuid() end,
    profile_due_at = profile_fetched_at + interval '7 days' + random() * interval '7 days'
where profile_fetched_at is not null and profile_due_at is null;
alter table meta_inbox.accounts force row level security;
alter table meta_inbox.contacts force row level security;

alter table meta_inbox.history_runs enable row level security;
alter table meta_inbox.history_runs force row level security;
create policy tenant on meta_inbox.history_runs to meta_inbox_tenant
  using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''));
create policy system on meta_inbox.history_runs to meta_inbox_system using (true) with check (true);
grant select, insert, update on meta_inbox.history_runs to meta_inbox_tenant;
grant select, insert, update, delete on meta_inbox.history_runs, meta_inbox.heartbeats to meta_inbox_system;
