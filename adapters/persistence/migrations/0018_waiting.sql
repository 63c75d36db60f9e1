-- What a process left that ended while a file went to Meta was certainly not sent.
alter table meta_inbox.outbox add column handing_over boolean not null default false;
comment on column meta_inbox.outbox.handing_over is
  'its sender gives Meta a file of it and will ask for its lease again before it sends anything';

-- What waits for a login, or for long, is asked now and then whether it may still be sent.
alter table meta_inbox.outbox add column window_asked_at timestamptz;
comment on column meta_inbox.outbox.window_asked_at is
  'when it was last asked, while its account could not send, whether the window is still open';
