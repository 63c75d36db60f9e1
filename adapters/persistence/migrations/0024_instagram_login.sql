-- What sends us webhooks for an account: its Page or, by Instagram Login, the Instagram account itself.
alter table meta_inbox.accounts
  add column webhook_source text
    generated always as (case when login = 'instagram' then external_id else facebook_page_id end) stored;
comment on column meta_inbox.accounts.webhook_source is 'a Page''s id or, where login is instagram, the account''s own';
-- page_id is the id of whatever sent them.
alter table meta_inbox.unsubscriptions add column login text not null default 'facebook';
