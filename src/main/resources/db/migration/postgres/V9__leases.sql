-- Tasks that one node does at a time.
CREATE TABLE leases (
  task ${text} PRIMARY KEY,
  node_id ${text} NOT NULL,
  -- by this database's clock
  held_until TIMESTAMPTZ NOT NULL
);
