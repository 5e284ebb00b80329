-- Arbiters and witnesses that agreements name. Every row follows from an agreement's record and goes with it.

CREATE TABLE participant (
  number       INTEGER NOT NULL, -- record.number of the agreement
  identity_key INTEGER NOT NULL, -- of identity
  contract     BLOB NOT NULL, -- 32 bytes
  identity     BLOB NOT NULL, -- 32 bytes
  PRIMARY KEY (number, identity)
) STRICT, WITHOUT ROWID;

CREATE INDEX participant_identity ON participant (identity_key);

-- What the owner is reminded of, each once.
CREATE TABLE notice (
  number INTEGER PRIMARY KEY AUTOINCREMENT, -- readers remember how far they have read
  at     INTEGER NOT NULL, -- when it was noted, ms
  topic  TEXT NOT NULL, -- such as turn, deadline, claim, contest, proposal, delivered
  about  BLOB NOT NULL, -- the 32-byte name of a contract or record
  cause  TEXT NOT NULL UNIQUE, -- what makes it this notice and no other: noted again, it changes nothing
  text   TEXT NOT NULL -- for the owner
) STRICT;
