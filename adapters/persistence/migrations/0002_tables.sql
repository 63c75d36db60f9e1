-- Every tenant table's primary and unique keys begin with tenant_id, so that the schema can be
-- distributed by tenant. Ids of ours are UUIDv7 made by the application; Meta's ids are text.

create table meta_inbox.accounts (
  tenant_id text not null,
  id uuid not null,
  platform text not null check (platform in ('instagram', 'messenger')),
  login text not null check (login in ('facebook', 'instagram')),
  external_id text not null,
  status text not null check (status in ('active', 'reauth_required', 'disconnected')),
  status_reason jsonb,
  instagram_account_id text,
  instagram_username text,
  instagram_name text,
  profile_picture_url text,
  facebook_page_id text,
  facebook_page_name text,
  user_token text,
  page_token text,
  token_expires_at timestamptz,
  data_access_expires_at timestamptz,
  connected_at timestamptz not null,
  connected_by text not null,
  connected_by_meta_id text,
  subscribed_at timestamptz,
  subscription_problem text,
  subscription_due_at timestamptz,
  subscription_attempts int not null default 0,
  last_synced_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, platform, external_id)
);
comment on column meta_inbox.accounts.user_token is 'sealed: v1.<kid>.<nonce, ciphertext and tag>';
comment on column meta_inbox.accounts.page_token is 'sealed: v1.<kid>.<nonce, ciphertext and tag>';
create index accounts_by_page on meta_inbox.accounts (facebook_page_id) where facebook_page_id is not null;
create index accounts_to_subscribe on meta_inbox.accounts (subscription_due_at)
  where subscription_due_at is not null;

-- Which tenant owns an external account: the primary key is what makes it one.
create table meta_inbox.account_routes (
  platform text not null,
  external_id text not null,
  login text not null,
  tenant_id text not null,
  account_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (platform, external_id)
);

create table meta_inbox.unsubscriptions (
  tenant_id text not null,
  id uuid not null,
  account_id uuid not null,
  page_id text not null,
  token text not null,
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index unsubscriptions_due on meta_inbox.unsubscriptions (due_at);

create table meta_inbox.oauth_states (
  id uuid primary key,
  tenant_id text not null,
  user_id text not null,
  login text not null,
  wanted text not null,
  return_to text not null,
  return_origin text not null,
  ticket_hash bytea not null unique,
  ticket_expires_at timestamptz not null,
  ticket_used_at timestamptz,
  state_hash bytea unique,
  browser_hash bytea,
  expires_at timestamptz,
  consumed_at timestamptz,
  created_at timestamptz not null default now()
);
create index oauth_states_by_age on meta_inbox.oauth_states (created_at);

create table meta_inbox.oauth_completions (
  state_id uuid primary key,
  tenant_id text not null,
  user_id text not null,
  completion_hash bytea not null unique,
  granted jsonb not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
comment on column meta_inbox.oauth_completions.granted is 'candidates in clear, every access token sealed';
create index oauth_completions_by_age on meta_inbox.oauth_completions (expires_at);

create table meta_inbox.contacts (
  tenant_id text not null,
  account_id uuid not null,
  id text not null,
  name text,
  username text,
  profile_picture_url text,
  profile_due_at timestamptz,
  profile_attempts int not null default 0,
  profile_fetched_at timestamptz,
  unreachable_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, account_id, id),
  foreign key (tenant_id, account_id) references meta_inbox.accounts (tenant_id, id)
);
create index contacts_without_profile on meta_inbox.contacts (profile_due_at) where profile_due_at is not null;

create table meta_inbox.conversations (
  tenant_id text not null,
  account_id uuid not null,
  contact_id text not null,
  last_message_id uuid not null,
  last_message_at timestamptz not null,
  unread_count int not null default 0,
  read_up_to timestamptz not null default '-infinity',
  opened_at timestamptz,
  thread_owner text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, account_id, contact_id),
  foreign key (tenant_id, account_id) references meta_inbox.accounts (tenant_id, id)
);
comment on column meta_inbox.conversations.read_up_to is
  'place in the conversation up to which everything was read or answered';
create index conversations_newest on meta_inbox.conversations
  (tenant_id, account_id, last_message_at desc, contact_id desc);
create index conversations_unread on meta_inbox.conversations
  (tenant_id, account_id, last_message_at desc, contact_id desc) where unread_count > 0;

create table meta_inbox.messages (
  tenant_id text not null,
  account_id uuid not null,
  contact_id text not null,
  id uuid not null,
  meta_message_id text,
  direction text not null check (direction in ('inbound', 'outbound')),
  type text not null,
  text text,
  attachments jsonb not null default '[]',
  buttons jsonb not null default '[]',
  quick_reply text,
  postback jsonb,
  reply_to_id uuid,
  reply_to_meta_id text,
  story jsonb,
  referral jsonb,
  status text not null,
  origin text not null,
  sent_by text,
  error jsonb,
  next_attempt_at timestamptz,
  human_agent boolean not null default false,
  from_id text,
  from_username text,
  to_id text,
  to_username text,
  metadata jsonb,
  raw_payload json,
  edited_at timestamptz,
  deleted_at timestamptz,
  sent_at timestamptz,
  ordered_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, account_id, meta_message_id)
);
comment on column meta_inbox.messages.ordered_at is
  'place in the conversation: inbound by Meta''s time, own sends by created_at; never changes';
create index messages_newest on meta_inbox.messages
  (tenant_id, account_id, contact_id, ordered_at desc, id desc);
create index messages_on_their_way on meta_inbox.messages (tenant_id, account_id, contact_id)
  where status in ('queued', 'sending', 'unknown');

-- Only what is on its way or unknown; a settled message leaves the outbox.
create table meta_inbox.outbox (
  tenant_id text not null,
  message_id uuid not null,
  account_id uuid not null,
  contact_id text not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'unknown')),
  content jsonb not null,
  reply_to_meta_id text,
  attempt int not null default 0,
  next_attempt_at timestamptz not null default now(),
  fence uuid,
  lease_until timestamptz,
  started_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, message_id),
  foreign key (tenant_id, message_id) references meta_inbox.messages (tenant_id, id) on delete cascade
);
create index outbox_due on meta_inbox.outbox (next_attempt_at, message_id) where state = 'queued';
create index outbox_by_conversation on meta_inbox.outbox (tenant_id, account_id, contact_id, message_id);
create index outbox_leases on meta_inbox.outbox (lease_until) where state = 'sending';

create table meta_inbox.idempotency_keys (
  tenant_id text not null,
  key text not null,
  fingerprint bytea not null,
  message_id uuid,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);
create index idempotency_keys_by_age on meta_inbox.idempotency_keys (created_at);

-- A tenant's cursor: its row is updated last in a transaction, so commit order is cursor order.
create table meta_inbox.feeds (
  tenant_id text primary key,
  seq bigint not null
);

create table meta_inbox.events (
  tenant_id text not null,
  seq bigint not null,
  day date not null default (now() at time zone 'utc')::date,
  type text not null,
  account_id uuid,
  contact_id text,
  message_id uuid,
  at timestamptz not null default now(),
  primary key (tenant_id, seq, day)
) partition by range (day);

-- Raw bodies as Meta signed them. No tenant: one body may hold items of many.
create table meta_inbox.journal (
  day date not null default (now() at time zone 'utc')::date,
  id uuid not null,
  received_at timestamptz not null default now(),
  signed_by text not null,
  object text,
  body bytea not null,
  problem text,
  primary key (day, id)
) partition by range (day);
create index journal_problems on meta_inbox.journal (received_at) where problem is not null;

-- Only items that are not projected: waiting, without an owner, kept for a newer reader, or refused.
create table meta_inbox.journal_items (
  id uuid primary key,
  day date not null default (now() at time zone 'utc')::date,
  journal_id uuid not null,
  item int not null,
  signed_by text not null,
  platform text not null,
  external_id text not null,
  contact_id text,
  event text not null,
  state text not null check (state in ('pending', 'unrouted', 'kept', 'quarantined')),
  reason text,
  attempt int not null default 0,
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  fence uuid,
  created_at timestamptz not null default now()
);
create index journal_items_due on meta_inbox.journal_items (due_at, id) where state = 'pending';
create index journal_items_unrouted on meta_inbox.journal_items (platform, external_id) where state = 'unrouted';
create index journal_items_by_state on meta_inbox.journal_items (state, created_at);
create index journal_items_by_day on meta_inbox.journal_items (day);

-- One sealed word per key, so that a wrong key is found at the start and not by the first send.
create table meta_inbox.key_canaries (
  kid text primary key,
  sealed text not null
);

-- Partitions are made and dropped by the owner on behalf of the system role, which has no DDL.
create function meta_inbox.keep_partitions(journal_days int, event_days int)
returns void language plpgsql security definer set search_path = pg_catalog as $keep$
declare
  today date := (now() at time zone 'utc')::date;
  parent text;
  kept int;
  d date;
  old record;
begin
  perform pg_advisory_xact_lock(hashtextextended('meta_inbox.keep_partitions', 0));
  foreach parent in array array['journal', 'events'] loop
    kept := greatest(case parent when 'journal' then journal_days else event_days end, 1);
    for d in select today + n from generate_series(-1, 14) as n loop
      if to_regclass(format('meta_inbox.%I', parent || '_' || to_char(d, 'YYYYMMDD'))) is null then
        execute format('create table meta_inbox.%I partition of meta_inbox.%I for values from (%L) to (%L)',
                       parent || '_' || to_char(d, 'YYYYMMDD'), parent, d, d + 1);
        if parent = 'events' then
          execute format('alter table meta_inbox.%I enable row level security, force row level security',
                         parent || '_' || to_char(d, 'YYYYMMDD'));
        end if;
      end if;
    end loop;
    for old in
      -- the case comes first: the planner may read dates from any relation's name before it joins
      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = format('meta_inbox.%I', parent)::regclass
        and case when c.relname ~ '_[0-9]{8}$'
                 then to_date(right(c.relname, 8), 'YYYYMMDD') < today - kept else false end
    loop
      execute format('drop table meta_inbox.%I', old.relname);
      if parent = 'journal' then
        delete from meta_inbox.journal_items where day = to_date(right(old.relname, 8), 'YYYYMMDD');
      end if;
    end loop;
  end loop;
end
$keep$;
select meta_inbox.keep_partitions(7, 7);
