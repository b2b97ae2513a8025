-- At most one row: why the chain is not followed any more, until an administrator resets the cursor. A table of its own, because a
-- fault can come before the first cursor; servers of older versions do not know it and go on as before.
CREATE TABLE chain_fault (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  code ${text} NOT NULL,
  -- for administrators, with all addresses
  reason ${text} NOT NULL,
  -- for anybody
  notice ${text} NOT NULL
);
