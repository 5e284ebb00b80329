-- For reconciliation: what is shared in the order of (time, id), in buckets whose numbers and sums are kept.
CREATE INDEX record_shared ON record (at, id) WHERE shared = 1;

-- Shared records that were refused here: they count as if they were kept, or others would bring them for ever.
CREATE TABLE aside (
  at     INTEGER NOT NULL, -- the author's claim
  id     BLOB NOT NULL, -- 32 bytes
  id_key INTEGER NOT NULL, -- of id
  author INTEGER NOT NULL, -- author.number
  kind   INTEGER NOT NULL, -- kind.number
  till   INTEGER NOT NULL, -- from then on it is judged anew when somebody brings it
  PRIMARY KEY (at, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX aside_id ON aside (id_key);
CREATE INDEX aside_author ON aside (author);
CREATE INDEX aside_till ON aside (till);

CREATE TABLE bucket (
  low   BLOB PRIMARY KEY, -- time (8 bytes) and id from which on its keys are; up to the next row's
  count INTEGER NOT NULL, -- shared records and those put aside, from there on
  total BLOB NOT NULL -- the sum of their ids, 32 bytes
) STRICT, WITHOUT ROWID;

-- The sketch of a moment. It holds if, with what arrived after `number`, it has as many keys and the same sum as the
-- buckets; else it is made anew.
CREATE TABLE sketch (
  only   INTEGER PRIMARY KEY CHECK (only = 1), -- there is one row at most
  number INTEGER NOT NULL, -- the last record.number in it
  count  INTEGER NOT NULL, -- keys in it
  total  BLOB NOT NULL, -- their sum, 32 bytes
  cells  BLOB NOT NULL
) STRICT;
