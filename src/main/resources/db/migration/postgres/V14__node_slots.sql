-- What a node has that is large enough to matter to the others while they cannot count together: a line for each, a field as in Redis,
-- a space, and the number. Null where there is nothing to tell, and from nodes of older versions.
ALTER TABLE nodes ADD COLUMN slots ${text};
