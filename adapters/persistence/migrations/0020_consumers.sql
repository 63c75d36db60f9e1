-- How far each consumer of the event log has come with each tenant, and whose turn it is.
create table meta_inbox.consumers (
  tenant_id text not null,
  consumer text not null,
  seq bigint,
  attempt int not null default 0,
  missed boolean not null default false,
  due_at timestamptz not null default now(),
  lease_until timestamptz,
  fence uuid,
  claimed_at timestamptz,
  in_hand bigint,
  primary key (tenant_id, consumer)
);
comment on column meta_inbox.consumers.seq is 'acknowledged last; null = it has not begun';
comment on column meta_inbox.consumers.attempt is 'how often the event that follows has failed';
comment on column meta_inbox.consumers.missed is
  'the log had lost something before what follows, and nobody has been told yet';
comment on column meta_inbox.consumers.fence is
  'stays when the lease is given back: a late acknowledgement counts until another has the log';
comment on column meta_inbox.consumers.in_hand is
  'behind which a handler began, or minus the dead letter it has; null = nobody whose death counts';
create index consumers_by_name on meta_inbox.consumers (consumer, tenant_id);

-- Events that a handler failed at for good. Their rows are named, as in the log, and outlast it.
create table meta_inbox.dead_letters (
  tenant_id text not null,
  consumer text not null,
  seq bigint not null,
  event_id uuid not null,
  type text not null,
  at timestamptz not null,
  account_id uuid,
  contact_id text,
  message_id uuid,
  attempts int not null,
  error text not null,
  failed_at timestamptz not null default now(),
  replay_at timestamptz,
  primary key (tenant_id, consumer, seq)
);
comment on column meta_inbox.dead_letters.error is 'kind and place of the failure; never its text, which may be of a person';
comment on column meta_inbox.dead_letters.replay_at is 'since when it is to be handled once more';
create index dead_letters_to_replay on meta_inbox.dead_letters (consumer, replay_at) where replay_at is not null;

do $policies$
declare
  t text;
begin
  foreach t in array array['consumers', 'dead_letters'] loop
    execute format('alter table meta_inbox.%I enable row level security, force row level security', t);
    execute format($p$create policy tenant on meta_inbox.%I to meta_inbox_tenant
      using (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))
      with check (tenant_id = nullif(current_setting('meta_inbox.tenant', true), ''))$p$, t);
    execute format('create policy system on meta_inbox.%I to meta_inbox_system using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on meta_inbox.%I to meta_inbox_tenant, meta_inbox_system', t);
  end loop;
end
$policies$;
