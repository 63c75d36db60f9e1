-- An unsend finds the key that its message was sent with, to forget what was answered.
create index idempotency_keys_by_message on meta_inbox.idempotency_keys (tenant_id, message_id)
  where message_id is not null;
