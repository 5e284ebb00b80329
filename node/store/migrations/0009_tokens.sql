-- Bearer tokens for the local API. The token itself is shown once and kept nowhere. Times are milliseconds since the epoch.
CREATE TABLE token (
  name    TEXT PRIMARY KEY, -- its public half
  hash    BLOB NOT NULL, -- SHA-256 of the secret half, 32 bytes
  label   TEXT NOT NULL, -- the owner's own words
  scopes  TEXT NOT NULL, -- what it is good for, words with spaces between
  made    INTEGER NOT NULL,
  expires INTEGER NOT NULL -- no longer good from here on
) STRICT, WITHOUT ROWID;
