-- One row: which log this is. Positions mean something within one log only. Filled at the start if it is empty, so that a new
-- log has one of its own, and so has one that was restored: a backup is made without it.
CREATE TABLE log_identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  identity ${text} NOT NULL
);
