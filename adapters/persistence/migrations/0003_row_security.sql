-- Row security guards against our own bugs: a query that forgets its tenant finds nothing, a
-- transaction that forgets its role is refused.
do $policies$
declare
  t text;
begin
  -- What a tenant may touch, its own rows alone; the system role serves every tenant.
  foreach t in array array['accounts', 'contacts', 'conversations', 'messages', 'outbox',
                           'idempotency_keys', 'feeds', 'events', 'unsubscriptions'] loop
    execute format('alter table meta_inbox.%I enable row level security', t);
    execute format('alter table meta_inbox.%I force row level security', t);
    execute format($p$create policy tenant on meta_inbox.%I to meta_inbox_tenant
      using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
      with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))$p$, t);
    execute format('create policy system on meta_inbox.%I to meta_inbox_system using (true) with check (true)', t);
  end loop;
  -- Found before anybody is known: the system role alone.
  foreach t in array array['account_routes', 'oauth_states', 'oauth_completions'] loop
    execute format('alter table meta_inbox.%I enable row level security', t);
    execute format('alter table meta_inbox.%I force row level security', t);
    execute format('create policy system on meta_inbox.%I to meta_inbox_system using (true) with check (true)', t);
  end loop;
end
$policies$;

grant select, insert, update on meta_inbox.accounts, meta_inbox.contacts, meta_inbox.conversations,
  meta_inbox.feeds to meta_inbox_tenant;
grant select, insert, update, delete on meta_inbox.messages, meta_inbox.outbox,
  meta_inbox.idempotency_keys to meta_inbox_tenant;
grant select, insert on meta_inbox.events, meta_inbox.unsubscriptions to meta_inbox_tenant;

grant select, insert, update, delete on meta_inbox.accounts, meta_inbox.contacts,
  meta_inbox.conversations, meta_inbox.messages, meta_inbox.outbox, meta_inbox.idempotency_keys,
  meta_inbox.feeds, meta_inbox.events, meta_inbox.unsubscriptions, meta_inbox.account_routes,
  meta_inbox.oauth_states, meta_inbox.oauth_completions, meta_inbox.journal, meta_inbox.journal_items,
  meta_inbox.key_canaries to meta_inbox_system;
grant select on meta_inbox.schema_migrations to meta_inbox_system;
revoke all on function meta_inbox.keep_partitions(int, int) from public;
grant execute on function meta_inbox.keep_partitions(int, int) to meta_inbox_system;
