-- The columns of the key come first: SQLite up to 3.40 takes other orders for damage when it checks the file.
DROP TABLE participant;
CREATE TABLE participant (
  number       INTEGER NOT NULL, -- record.number of the agreement
  identity     BLOB NOT NULL, -- 32 bytes
  identity_key INTEGER NOT NULL, -- of identity
  contract     BLOB NOT NULL, -- 32 bytes
  PRIMARY KEY (number, identity)
) STRICT, WITHOUT ROWID;

CREATE INDEX participant_identity ON participant (identity_key);

-- Participants follow from agreements, also from those that were here before 0004: derived tables are written again.
-- Every later migration that makes or changes a derived table ends like this.
UPDATE meta SET folding = '';
