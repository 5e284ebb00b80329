-- What stamps strangers paid for what they handed over to the owner: checked when it came.
CREATE TABLE stamp (
  number INTEGER PRIMARY KEY, -- order of arrival
  record BLOB NOT NULL UNIQUE, -- record.id, 32 bytes
  bits   INTEGER NOT NULL -- its strength
) STRICT;
