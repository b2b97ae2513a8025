-- While a clock is ahead of what is known of the time: how late it certainly is, in Unix seconds, and for how many seconds it has
-- been so while a node ran. The events of that time are dated by the clock, so after a restart they would confirm it. 0: no doubt.
ALTER TABLE log_head ADD COLUMN believed_time BIGINT NOT NULL DEFAULT 0;
ALTER TABLE log_head ADD COLUMN doubted_seconds BIGINT NOT NULL DEFAULT 0;
