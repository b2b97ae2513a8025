-- Which events a stream, a sender, a recipient has, by type, and all events by type. Tables rather than indexes of events:
-- an index follows each command, with a page of its own for each stream, which was more to write than all the rest of it.
-- These follow every few hundred events, sorted. Events up to log_head.indexed are in them, those behind are the log's tail,
-- which whoever looks for events reads as well.
ALTER TABLE log_head ADD COLUMN indexed BIGINT NOT NULL DEFAULT 0;

CREATE TABLE events_by_stream (
  stream_id BIGINT NOT NULL,
  type ${text} NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (stream_id, type, seq)
) ${clustered};
CREATE TABLE events_by_sender (
  sender ${text} NOT NULL,
  type ${text} NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (sender, type, seq)
) ${clustered};
CREATE TABLE events_by_recipient (
  recipient ${text} NOT NULL,
  type ${text} NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (recipient, type, seq)
) ${clustered};
CREATE TABLE events_by_type (
  type ${text} NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (type, seq)
) ${clustered};

INSERT INTO events_by_stream SELECT stream_id, type, seq FROM events WHERE stream_id IS NOT NULL ORDER BY stream_id, type, seq;
INSERT INTO events_by_sender SELECT sender, type, seq FROM events WHERE sender IS NOT NULL ORDER BY sender, type, seq;
INSERT INTO events_by_recipient SELECT recipient, type, seq FROM events WHERE recipient IS NOT NULL ORDER BY recipient, type, seq;
INSERT INTO events_by_type SELECT type, seq FROM events ORDER BY type, seq;
UPDATE log_head SET indexed = seq;

DROP INDEX events_stream;
DROP INDEX events_sender;
DROP INDEX events_recipient;
