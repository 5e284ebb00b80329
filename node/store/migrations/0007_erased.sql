-- Records whose bodies the owner had erased: they never come back. One whose body is private keeps its header among the
-- records, as other nodes have it; of all others the header and the signature are here, and nothing is given to others.
CREATE TABLE erased (
  id        BLOB PRIMARY KEY, -- 32 bytes
  at        INTEGER NOT NULL, -- when, ms
  scrubbed  INTEGER NOT NULL CHECK (scrubbed IN (0, 1)), -- 1: also gone from the search index and the write-ahead log
  header    BLOB, -- as it was signed; NULL: it stays in record
  signature BLOB -- 64 bytes; NULL: it stays in record
) STRICT, WITHOUT ROWID;
