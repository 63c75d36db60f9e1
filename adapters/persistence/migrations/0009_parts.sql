-- A text that is too long for one message goes in parts. Each part is a message with a row of its own that nobody
-- sees; people see the whole, whose row is never sent and whose text and state are those of its parts.
alter table meta_inbox.messages
  add column in_parts boolean not null default false,
  add column part_of uuid,
  add column part_index int,
  add column part_before text,
  add column part_after text,
  add constraint messages_part_of foreign key (tenant_id, part_of)
    references meta_inbox.messages (tenant_id, id) on delete cascade not valid,
  add constraint messages_part_has_a_place check ((part_of is null) = (part_index is null)) not valid;
comment on column meta_inbox.messages.in_parts is 'it is sent in parts; its own status says nothing';
comment on column meta_inbox.messages.part_of is 'the message that people see in place of this part';
comment on column meta_inbox.messages.part_before is 'white space before the part, which is not sent';
