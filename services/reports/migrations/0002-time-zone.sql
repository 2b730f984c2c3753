-- In which time zone the days of the report are counted, so that it never mixes the days of two. No row is UTC, in which every
-- report from before was built.
create table sales_time_zone (
  one boolean primary key default true check (one),
  time_zone text not null
);
