-- What the owner calls people, and whom they do not want to hear of: it stays here. Times are milliseconds since the epoch.

CREATE TABLE label (
  identity BLOB PRIMARY KEY, -- 32 bytes
  text     TEXT NOT NULL, -- the owner's name for it
  since    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO label (identity, text, since) SELECT identity, label, since FROM contact WHERE label <> '';

ALTER TABLE contact DROP COLUMN label;

CREATE TABLE blocked (
  identity BLOB PRIMARY KEY, -- 32 bytes
  since    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
