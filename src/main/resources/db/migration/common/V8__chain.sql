-- ${clustered}: on SQLite, rows that live in the index of their primary key, and not in a table beside it.

-- Of streams of the chain only. The addresses as on chain, where sender and recipient are the base of a muxed one. An empty
-- sender, recipient or token is not known yet.
ALTER TABLE streams ADD COLUMN sender_text ${text};
ALTER TABLE streams ADD COLUMN recipient_text ${text};
ALTER TABLE streams ADD COLUMN accrues_from BIGINT;
ALTER TABLE streams ADD COLUMN modelled INTEGER;
ALTER TABLE streams ADD COLUMN verified INTEGER;
ALTER TABLE streams ADD COLUMN as_of_ledger BIGINT;
-- Those that an administrator may have to look at; there are few.
CREATE INDEX streams_unverified ON streams (stream_id) WHERE verified = 0;
CREATE INDEX streams_unmodelled ON streams (stream_id) WHERE modelled = 0;
-- Those that reconciliation goes through.
CREATE INDEX streams_open_on_chain ON streams (stream_id) WHERE verified IS NOT NULL AND status IN ('ACTIVE', 'PAUSED');

-- The position is -1 before the first event.
ALTER TABLE chain_cursor ADD COLUMN token ${text};
ALTER TABLE chain_cursor ADD COLUMN scanned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chain_cursor ADD COLUMN tip BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chain_cursor ADD COLUMN since BIGINT NOT NULL DEFAULT 0;

-- Every event of the contract that is in the log: no event gets in twice. The digest tells the same event that comes again from
-- another one. raw: what we do not know, as it came.
CREATE TABLE chain_events (
  ledger BIGINT NOT NULL,
  transaction_index INTEGER NOT NULL,
  operation_index INTEGER NOT NULL,
  event_index INTEGER NOT NULL,
  transaction_hash ${text} NOT NULL,
  digest ${text} NOT NULL,
  name ${text} NOT NULL,
  raw ${text},
  seq BIGINT NOT NULL,
  PRIMARY KEY (ledger, transaction_index, operation_index, event_index)
) ${clustered};
CREATE INDEX chain_events_raw ON chain_events (name, seq) WHERE raw IS NOT NULL;

-- How many events of each name there are.
CREATE TABLE chain_event_counts (
  name ${text} PRIMARY KEY,
  events BIGINT NOT NULL
) ${clustered};

-- Events that could not be read and were put aside.
CREATE TABLE chain_quarantine (
  ledger BIGINT NOT NULL,
  transaction_index INTEGER NOT NULL,
  operation_index INTEGER NOT NULL,
  event_index INTEGER NOT NULL,
  rpc_id ${text} NOT NULL,
  reason ${text} NOT NULL,
  stream_id BIGINT,
  seq BIGINT NOT NULL,
  PRIMARY KEY (ledger, transaction_index, operation_index, event_index)
);

-- The passphrase of the network that the contract is on.
ALTER TABLE followed_contract ADD COLUMN network ${text};
