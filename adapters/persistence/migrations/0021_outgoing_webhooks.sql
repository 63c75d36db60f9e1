-- Where tenants have their events posted. seq = how far the tenant's log was made into deliveries.
create table meta_inbox.webhook_endpoints (
  tenant_id text not null,
  id uuid not null,
  url text not null,
  types text[] check (cardinality(types) > 0),
  description text not null default '',
  secret text,
  former_secret text,
  former_until timestamptz,
  enabled boolean not null default true,
  disabled_reason text check (disabled_reason in ('manual', 'gone', 'failing')),
  failing_since timestamptz,
  seq bigint not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (tenant_id, id)
);
comment on column meta_inbox.webhook_endpoints.types is 'kinds of events that are posted; null = all';
comment on column meta_inbox.webhook_endpoints.secret is 'sealed; the former one is sealed for the same place';
comment on column meta_inbox.webhook_endpoints.failing_since is 'no attempt succeeded since then';
comment on column meta_inbox.webhook_endpoints.deleted_at is 'it is no more; the row goes when its deliveries have gone';

-- One event for one endpoint. Ids alone: the body is made when it is posted, from what is there by then.
-- An endpoint's deliveries may be many: they are swept in small steps, and the endpoint's row behind them.
create table meta_inbox.webhook_deliveries (
  tenant_id text not null,
  endpoint_id uuid not null,
  seq bigint not null,
  type text not null,
  at timestamptz not null,
  account_id uuid,
  contact_id text,
  message_id uuid,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed', 'gone')),
  attempt int not null default 0,
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  fence uuid,
  last_status int,
  last_error text,
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  settled_at timestamptz not null default now(),
  primary key (tenant_id, endpoint_id, seq),
  foreign key (tenant_id, endpoint_id) references meta_inbox.webhook_endpoints (tenant_id, id)
);
comment on column meta_inbox.webhook_deliveries.seq is 'of the event, whose id follows from it and at';
comment on column meta_inbox.webhook_deliveries.settled_at is 'since when it stands so; it is forgotten a while after';
create index webhook_deliveries_due on meta_inbox.webhook_deliveries (tenant_id, endpoint_id, due_at, seq)
  where state = 'pending';
create index webhook_deliveries_held on meta_inbox.webhook_deliveries (tenant_id, endpoint_id, lease_until)
  where state = 'pending' and lease_until is not null;
create index webhook_deliveries_failed on meta_inbox.webhook_deliveries (tenant_id, endpoint_id, created_at)
  where state = 'failed';
create index webhook_deliveries_failures on meta_inbox.webhook_deliveries (tenant_id, endpoint_id, seq)
  where state = 'failed';
create index webhook_deliveries_old on meta_inbox.webhook_deliveries (state, settled_at);

do $policies$
declare
  t text;
begin
  foreach t in array array['webhook_endpoints', 'webhook_deliveries'] loop
    execute format('alter table meta_inbox.%I enable row level security, force row level security', t);
    execute format($p$create policy tenant on meta_inbox.%I to meta_inbox_tenant
      using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
      with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))$p$, t);
    execute format('create policy system on meta_inbox.%I to meta_inbox_system using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on meta_inbox.%I to meta_inbox_tenant, meta_inbox_system', t);
  end loop;
end
$policies$;
