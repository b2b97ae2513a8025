-- ${text}: text compared by bytes. ${key}: a 64-bit integer that is the row's own address where the database has such a thing
-- (SQLite's INTEGER PRIMARY KEY), so that it costs no second index.

-- One row: the end of the log, its oldest event still kept, and the next stream id to give out.
-- Every transaction that writes events updates it first; that serialises writers, so commit order = position order.
CREATE TABLE log_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq BIGINT NOT NULL,
  oldest BIGINT NOT NULL,
  next_stream_id BIGINT NOT NULL
);
INSERT INTO log_head (id, seq, oldest, next_stream_id) VALUES (1, 0, 1, 1);

-- stream_id holds the 64 bits of the u64 id: identity only, never compared for size.
-- Amounts are i128 as decimal text: no SQL number of both databases holds 39 digits. They are summed by the application.
CREATE TABLE streams (
  stream_id ${key} PRIMARY KEY,
  sender ${text} NOT NULL,
  recipient ${text} NOT NULL,
  token ${text} NOT NULL,
  rate ${text} NOT NULL,
  deposited ${text} NOT NULL,
  withdrawn ${text} NOT NULL,
  start_time BIGINT NOT NULL,
  last_update_time BIGINT NOT NULL,
  status ${text} NOT NULL,
  paused_at BIGINT,
  total_paused BIGINT NOT NULL,
  version BIGINT NOT NULL,
  origin ${text} NOT NULL,
  created_seq BIGINT NOT NULL,
  updated_seq BIGINT NOT NULL
);
CREATE UNIQUE INDEX streams_created ON streams (created_seq);
CREATE UNIQUE INDEX streams_updated ON streams (updated_seq);
CREATE INDEX streams_sender ON streams (sender, created_seq);
CREATE INDEX streams_recipient ON streams (recipient, created_seq);

CREATE TABLE events (
  seq ${key} PRIMARY KEY,
  type ${text} NOT NULL,
  stream_id BIGINT,
  sender ${text},
  recipient ${text},
  event_time BIGINT NOT NULL,
  payload ${text} NOT NULL
);
CREATE INDEX events_stream ON events (stream_id, seq);
CREATE INDEX events_sender ON events (sender, seq);
CREATE INDEX events_recipient ON events (recipient, seq);

-- First answers, kept for 24 hours.
CREATE TABLE idempotency_keys (
  scope ${text} NOT NULL,
  idempotency_key ${text} NOT NULL,
  digest ${text} NOT NULL,
  answer ${text} NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope, idempotency_key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
