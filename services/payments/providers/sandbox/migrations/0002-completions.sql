-- When the customer was done at the sandbox's page: approved or declined, once.
alter table charges add column completed_at timestamptz;
