-- Times are milliseconds since the epoch. A column named *_key holds the first 8 bytes of a 32-byte name as a signed
-- integer: indexes on it are half as large as on the name, and whoever reads by it compares the whole name as well.

CREATE TABLE meta (
  only    INTEGER PRIMARY KEY CHECK (only = 1), -- there is one row
  epoch   BLOB NOT NULL CHECK (length(epoch) = 16), -- random; under it other nodes remember how far they have read
  folding TEXT NOT NULL -- the rules by which offer_text was folded; other rules in the program mean: fold again
) STRICT;

CREATE TABLE author (
  number INTEGER PRIMARY KEY, -- stands for the identity in the other tables
  id     BLOB NOT NULL UNIQUE -- the identity, 32 bytes
) STRICT;

CREATE TABLE kind (
  number INTEGER PRIMARY KEY, -- stands for the kind in the other tables
  name   TEXT NOT NULL UNIQUE -- such as offer/1
) STRICT;

CREATE TABLE record (
  -- The order of arrival, which others' cursors count by: AUTOINCREMENT never gives a number twice.
  number      INTEGER PRIMARY KEY AUTOINCREMENT,
  id_key      INTEGER NOT NULL, -- of id
  author      INTEGER NOT NULL, -- author.number
  kind        INTEGER NOT NULL, -- kind.number
  at          INTEGER NOT NULL, -- the author's claim
  arrived     INTEGER NOT NULL, -- by our clock
  place_key   INTEGER, -- of the place it fills; NULL: it is appended
  context_key INTEGER, -- of the header's `in`
  -- From here on it may be dropped: its own expiry, or that of a version it replaced if that is later (else the older
  -- version could come back); NULL: never.
  needless    INTEGER,
  shared      INTEGER NOT NULL CHECK (shared IN (0, 1)), -- 1: given to other nodes
  counted     INTEGER NOT NULL CHECK (counted IN (0, 1)), -- 1: counts against its author's quota
  id          BLOB NOT NULL, -- 32 bytes
  signature   BLOB NOT NULL, -- 64 bytes
  header      BLOB NOT NULL, -- as it was signed
  body        BLOB -- as it was signed; NULL: only the header is here
) STRICT;

CREATE INDEX record_id ON record (id_key);
CREATE INDEX record_place ON record (place_key) WHERE place_key IS NOT NULL;
CREATE INDEX record_context ON record (context_key) WHERE context_key IS NOT NULL;
CREATE INDEX record_author ON record (author, kind, arrived, counted);
CREATE INDEX record_kind ON record (kind);
CREATE INDEX record_needless ON record (needless) WHERE needless IS NOT NULL;

-- Versions that a later one replaced: not wanted again, and still part of what their author wrote that day.
CREATE TABLE replaced (
  number  INTEGER PRIMARY KEY, -- order of replacement
  id_key  INTEGER NOT NULL, -- of id
  author  INTEGER NOT NULL, -- author.number
  arrived INTEGER NOT NULL, -- when the version arrived
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)), -- as in record
  id      BLOB NOT NULL -- 32 bytes
) STRICT;

CREATE INDEX replaced_id ON replaced (id_key);
CREATE INDEX replaced_counted ON replaced (author, arrived) WHERE counted = 1;
