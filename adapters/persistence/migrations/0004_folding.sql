-- Edits, reactions, receipts, unsends, comments and thread control: what folding them needs.

alter table meta_inbox.messages
  add column reactions jsonb,
  add column edits jsonb,
  add column details jsonb,
  add column standby boolean not null default false,
  add column meta_sent_at timestamptz;
comment on column meta_inbox.messages.reactions is 'the last that each side did, taken-back reactions included';
comment on column meta_inbox.messages.edits is 'every text it had, by number; null when it was never edited';
comment on column meta_inbox.messages.meta_sent_at is 'Meta''s time of an own send, told by its echo';
create index messages_not_read on meta_inbox.messages (tenant_id, account_id, contact_id)
  where direction = 'outbound' and status in ('sent', 'delivered');

alter table meta_inbox.conversations
  add column delivered_to timestamptz,
  add column read_to timestamptz,
  add column read_through timestamptz,
  add column thread_owner_at timestamptz,
  add column referral jsonb,
  add column referral_at timestamptz;
comment on column meta_inbox.conversations.referral is 'by what the contact came last: an ad, a link, a product';
comment on column meta_inbox.conversations.read_through is
  'place in the conversation up to which the contact has read (Instagram names a message, not a time)';

alter table meta_inbox.accounts add column policy jsonb;
comment on column meta_inbox.accounts.policy is 'the last that Meta said about enforcing its policy';

-- What came before its message, or before its conversation, waits here for it.
alter table meta_inbox.journal_items add column awaits text;
alter table meta_inbox.journal_items drop constraint journal_items_state_check;
alter table meta_inbox.journal_items add constraint journal_items_state_check
  check (state in ('pending', 'waiting', 'unrouted', 'kept', 'quarantined'));
create index journal_items_waiting on meta_inbox.journal_items (created_at) where state = 'waiting';
create index journal_items_by_body on meta_inbox.journal_items (journal_id, item);

-- Bodies that still hold what a contact took back; kept until they were rewritten without it.
alter table meta_inbox.journal add column redacted_at timestamptz;
create table meta_inbox.redactions (
  platform text not null,
  external_id text not null,
  meta_message_id text not null,
  due_at timestamptz not null default now(),
  passes int not null default 0,
  primary key (platform, external_id, meta_message_id)
);
create index redactions_due on meta_inbox.redactions (due_at);
alter table meta_inbox.redactions enable row level security;
alter table meta_inbox.redactions force row level security;
create policy system on meta_inbox.redactions to meta_inbox_system using (true) with check (true);
grant select, insert, update, delete on meta_inbox.redactions to meta_inbox_system;

-- Until a new database is analysed for the first time, an index on the whole key and one that merely begins
-- like it cost the same to the planner, and the younger one wins: it would read every message of an account
-- to find one. So the whole keys are made the younger ones. Larger tables have been analysed.
do $younger$
begin
  if pg_relation_size('meta_inbox.messages') < 8 * 1024 * 1024 then
    alter table meta_inbox.messages
      drop constraint messages_tenant_id_account_id_meta_message_id_key,
      add constraint messages_by_meta_id unique (tenant_id, account_id, meta_message_id);
    alter table meta_inbox.conversations
      drop constraint conversations_pkey,
      add constraint conversations_pkey primary key (tenant_id, account_id, contact_id);
  end if;
end
$younger$;
