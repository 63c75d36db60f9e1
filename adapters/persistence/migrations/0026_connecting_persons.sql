-- Meta's callbacks name whoever connected accounts by their id alone.
create index accounts_by_person on meta_inbox.accounts (connected_by_meta_id) where connected_by_meta_id is not null;
