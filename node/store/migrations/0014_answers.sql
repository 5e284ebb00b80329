-- What the local API did under an Idempotency-Key: the same question is answered the same way and done once.
CREATE TABLE answer (
  number     INTEGER PRIMARY KEY, -- order of asking
  caller     TEXT NOT NULL,
  key        TEXT NOT NULL,
  question   BLOB NOT NULL, -- SHA-256, 32 bytes
  until      INTEGER NOT NULL, -- forgotten from here on, ms since the epoch
  status     INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  body       BLOB, -- NULL: it was done, its answer is not here
  UNIQUE (caller, key)
) STRICT;
