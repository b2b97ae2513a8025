-- The type in each index of events, so that every filter is a range of one of them; and one by type alone.
CREATE INDEX events_by_stream ON events (stream_id, type, seq);
CREATE INDEX events_by_sender ON events (sender, type, seq);
CREATE INDEX events_by_recipient ON events (recipient, type, seq);
CREATE INDEX events_by_type ON events (type, seq);

DROP INDEX events_stream;
DROP INDEX events_sender;
DROP INDEX events_recipient;
