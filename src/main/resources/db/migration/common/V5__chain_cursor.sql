-- At most one row: how far the chain is known. It moves in the transaction that writes what was known from there.
CREATE TABLE chain_cursor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  ledger BIGINT NOT NULL,
  transaction_index INTEGER NOT NULL,
  operation_index INTEGER NOT NULL,
  event_index INTEGER NOT NULL
);
