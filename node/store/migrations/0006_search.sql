-- What filters of a search compare with, and words by their beginnings.

ALTER TABLE offer ADD COLUMN low INTEGER; -- the budget's lower end in minor units
ALTER TABLE offer ADD COLUMN at INTEGER; -- the author's date

CREATE TABLE word (
  number INTEGER PRIMARY KEY, -- the order in which words were met
  word   TEXT NOT NULL UNIQUE -- folded; not taken out with its offers
) STRICT;

-- Searches that the owner keeps: each new offer is compared with them.
CREATE TABLE saved_search (
  name  TEXT PRIMARY KEY, -- the owner's
  query TEXT NOT NULL, -- JSON: what to look for
  since INTEGER NOT NULL, -- when it was saved, ms
  day   INTEGER NOT NULL, -- the day (ms / 86,400,000) that `told` counts
  told  INTEGER NOT NULL -- notices of that day
) STRICT, WITHOUT ROWID;

UPDATE meta SET folding = '';
