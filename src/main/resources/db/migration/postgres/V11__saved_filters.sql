-- Filters that are too long for a URL, by the account that saved them and their short id.
CREATE TABLE saved_filters (
  -- empty in open mode
  owner ${text} NOT NULL,
  filter_id ${text} NOT NULL,
  written ${text} NOT NULL,
  size INTEGER NOT NULL,
  -- by this database's clock, about
  used_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (owner, filter_id)
);
CREATE INDEX saved_filters_used ON saved_filters (used_at);
