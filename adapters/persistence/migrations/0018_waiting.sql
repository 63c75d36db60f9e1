-- What a process left that ended while a file went to Meta was certainly not sent.
alter table meta_inbox.outbox add column handing_over boolean not null default false;
comment on column meta_inbox.outbox.handing_over is
  'its sender gives Meta a file of it and will ask for its lease again before it sends anything';
