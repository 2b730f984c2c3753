-- What the event bridge needs beside the outbox and the inbox.

-- An event is parked once per group, however often it comes.
create unique index dead_letters_once on dead_letters (consumer_group, event_id);

-- How far a consumer group is, where the outboxes themselves are the log. A group whose `generation` is ahead of what it has
-- caught up with is given the whole history again: a group that is new, or one that was rewound.
create table consumer_positions (
  consumer_group text not null,
  topic text not null,
  generation integer not null default 1,
  caught_up_generation integer not null default 0,
  primary key (consumer_group, topic)
);

-- For the purge by age. Small: the rows lie on disk in the order of their time.
create index outbox_age on outbox using brin (published_at) where published_at is not null;
