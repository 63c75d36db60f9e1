-- The first few of each account, in the order in which they go, however long its queue is.
create index outbox_turns on meta_inbox.outbox
  (tenant_id, account_id, automated, next_attempt_at, created_at, message_id) where state = 'queued';
