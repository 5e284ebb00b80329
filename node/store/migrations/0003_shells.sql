-- What the node itself remembers: parcels, prekeys, peers, contacts. Times are milliseconds since the epoch.

CREATE TABLE parcel (
  record       BLOB PRIMARY KEY, -- id of the record inside, 32 bytes
  recipient    BLOB NOT NULL, -- identity, 32 bytes
  sealed       BLOB NOT NULL, -- what is handed over
  written      INTEGER NOT NULL, -- when it was put here
  tries        INTEGER NOT NULL, -- how often handing over failed
  next_try     INTEGER NOT NULL, -- not before this
  acknowledged INTEGER, -- when the recipient's acknowledgment came; NULL: not yet
  trouble      TEXT NOT NULL -- why the last try failed
) STRICT, WITHOUT ROWID;

CREATE INDEX parcel_due ON parcel (next_try) WHERE acknowledged IS NULL;

CREATE TABLE prekey (
  public  BLOB PRIMARY KEY, -- X25519, 32 bytes
  private BLOB NOT NULL, -- X25519, 32 bytes
  expires INTEGER NOT NULL -- erased from here on
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
  peer     TEXT PRIMARY KEY, -- peer id; writing one anew gives it the highest rowid
  epoch    BLOB NOT NULL, -- the peer's, 16 bytes
  position INTEGER NOT NULL -- read up to here of the peer's count
) STRICT;

CREATE TABLE peer (
  peer    TEXT PRIMARY KEY, -- peer id
  address TEXT NOT NULL, -- the multiaddr where it was last reached
  reached INTEGER NOT NULL -- when
) STRICT, WITHOUT ROWID;

CREATE INDEX peer_reached ON peer (reached);

CREATE TABLE ban (
  peer   TEXT PRIMARY KEY, -- peer id
  until  INTEGER NOT NULL, -- refused until then
  reason TEXT NOT NULL -- for the owner
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
  identity BLOB PRIMARY KEY, -- 32 bytes
  label    TEXT NOT NULL, -- the owner's name for it
  since    INTEGER NOT NULL -- when it was put on the list
) STRICT, WITHOUT ROWID;
