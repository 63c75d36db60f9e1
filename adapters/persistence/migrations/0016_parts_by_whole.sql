-- migrate: no-transaction
create index concurrently if not exists messages_parts on meta_inbox.messages (tenant_id, part_of, part_index)
  where part_of is not null;
