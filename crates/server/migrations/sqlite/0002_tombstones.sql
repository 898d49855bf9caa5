-- When a record was deleted, by the server's clock in milliseconds: tombstones are forgotten
-- some time after that. For those that are there already the time starts now.
ALTER TABLE records ADD COLUMN deleted_at INTEGER;
UPDATE records SET deleted_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE deleted;
CREATE INDEX records_deleted ON records (deleted_at) WHERE deleted_at IS NOT NULL;
