-- What the nodes of one log share. All times are those of the database's clock, so that a node whose clock is wrong does no harm.

-- Unused tickets, by the SHA-256 of their text; who redeems one deletes its row.
CREATE TABLE tickets (
  fingerprint ${text} PRIMARY KEY,
  account ${text} NOT NULL,
  roles ${text} NOT NULL,
  caller_expires_micros BIGINT,
  expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX tickets_account ON tickets (account, expires_at);
CREATE INDEX tickets_expires ON tickets (expires_at);

-- Challenges of logins that have given their token, kept for longer than they are valid.
CREATE TABLE spent_challenges (
  challenge ${text} PRIMARY KEY,
  spent_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX spent_challenges_spent ON spent_challenges (spent_at);

-- Nodes that serve this log. One that has not reported for some seconds is not counted any more.
CREATE TABLE nodes (
  node_id ${text} PRIMARY KEY,
  name ${text},
  version ${text} NOT NULL,
  connections INTEGER NOT NULL,
  max_connections INTEGER NOT NULL,
  head BIGINT NOT NULL,
  lag BIGINT NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  reported_at TIMESTAMPTZ NOT NULL
);
