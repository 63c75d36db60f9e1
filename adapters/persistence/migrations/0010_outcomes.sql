-- What became of each send: unknown ones are looked for at Meta, and what failed can be sent again for a while.

alter table meta_inbox.messages add column attempted_at timestamptz;
comment on column meta_inbox.messages.attempted_at is 'when the latest attempt to send it began';

-- Failed sends stay as well, for as long as a person may have them sent again.
alter table meta_inbox.outbox
  drop constraint outbox_state_check,
  add constraint outbox_state_check check (state in ('queued', 'sending', 'unknown', 'failed')),
  add column in_doubt boolean not null default false,
  add column look_at timestamptz,
  add column looks_end_at timestamptz,
  add column looks int not null default 0,
  add column ended_at timestamptz;
comment on column meta_inbox.outbox.in_doubt is
  'it was sent again while nobody knew what had become of an earlier attempt';
comment on column meta_inbox.outbox.look_at is 'when it is looked for at Meta; null = not by itself';
comment on column meta_inbox.outbox.looks_end_at is 'after that it is not looked for another time';
comment on column meta_inbox.outbox.ended_at is 'when its latest attempt ended unknown or failed';
create index outbox_to_look_for on meta_inbox.outbox (look_at) where look_at is not null;
create index outbox_ended on meta_inbox.outbox (ended_at) where state in ('unknown', 'failed');

-- What is unknown from before is looked for once, and kept as long as everything else.
alter table meta_inbox.outbox no force row level security;
update meta_inbox.outbox set look_at = now(), looks_end_at = now(), ended_at = now() where state = 'unknown';
alter table meta_inbox.outbox force row level security;
