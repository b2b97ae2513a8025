-- What only the nodes of this log know: they sign what they tell each other with it. In the row of the identity, so a restored
-- backup gets another one too. Filled at the start if it is missing.
ALTER TABLE log_identity ADD COLUMN secret ${text};
