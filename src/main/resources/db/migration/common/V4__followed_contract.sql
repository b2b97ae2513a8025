-- At most one row: the contract on chain whose streams this log may hold. It stays: another one would give the same ids to others.
CREATE TABLE followed_contract (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  contract ${text} NOT NULL
);
