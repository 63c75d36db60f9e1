-- Looked at beside the traffic, which a whole table would otherwise have to wait for.
alter table meta_inbox.messages
  validate constraint messages_part_of,
  validate constraint messages_part_has_a_place;
