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

-- A record may now be on its way to several people, each with a parcel of their own.
CREATE TABLE parcel_each (
  record       BLOB NOT NULL, -- id of the record inside, 32 bytes
  recipient    BLOB NOT NULL, -- identity, 32 bytes
  sealed       BLOB NOT NULL, -- what is handed over; empty: the record is sealed when it is, to the prekey of then
  written      INTEGER NOT NULL, -- when it was put here
  tries        INTEGER NOT NULL, -- how often handing over failed
  next_try     INTEGER NOT NULL, -- not before this
  acknowledged INTEGER, -- when the recipient's acknowledgment came; NULL: not yet
  trouble      TEXT NOT NULL, -- why the last try failed
  PRIMARY KEY (record, recipient)
) STRICT, WITHOUT ROWID;

INSERT INTO parcel_each SELECT record, recipient, sealed, written, tries, next_try, acknowledged, trouble FROM parcel;
DROP TABLE parcel;
ALTER TABLE parcel_each RENAME TO parcel;
CREATE INDEX parcel_due ON parcel (next_try) WHERE acknowledged IS NULL;
