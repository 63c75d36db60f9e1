-- migrate: no-transaction
create index concurrently if not exists media_by_blob on meta_inbox.media (tenant_id, blob) where blob is not null;
