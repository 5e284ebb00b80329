-- Reviews that count, as the engine found out by folding their contracts: a start reads them in place of that. Every row
-- follows from records and from the rules that are named in `judged`.
CREATE TABLE verdict (
  number      INTEGER PRIMARY KEY, -- record.number of the review
  context_key INTEGER NOT NULL, -- of the contract
  author      INTEGER NOT NULL, -- author.number
  subject     INTEGER NOT NULL, -- author.number
  levels      INTEGER NOT NULL, -- five levels of 0 to 4, as a number to the base 5
  at          INTEGER NOT NULL, -- seconds
  review_key  INTEGER NOT NULL, -- of the review's id
  flags       INTEGER NOT NULL -- role, grade, value band
) STRICT;

CREATE INDEX verdict_context ON verdict (context_key);

-- Contracts that must be judged again.
CREATE TABLE unjudged (
  context_key INTEGER PRIMARY KEY, -- of the contract
  changed     INTEGER NOT NULL CHECK (changed IN (0, 1)) -- 1: a record is not what it was; 0: only time can change it
) STRICT;

-- By which rules, in which epoch, and up to which record contracts were judged.
CREATE TABLE judged (
  only     INTEGER PRIMARY KEY CHECK (only = 1), -- there is one row at most
  rules    TEXT NOT NULL,
  epoch    BLOB NOT NULL,
  position INTEGER NOT NULL -- record.number
) STRICT;

CREATE TRIGGER verdict_of_what_is_gone AFTER DELETE ON record WHEN OLD.context_key IS NOT NULL BEGIN
  DELETE FROM verdict WHERE number = OLD.number;
  INSERT OR REPLACE INTO unjudged SELECT OLD.context_key, 1 WHERE EXISTS (
    SELECT 1 FROM verdict WHERE context_key = OLD.context_key);
END;

CREATE TRIGGER verdict_of_what_changed AFTER UPDATE OF body ON record WHEN OLD.context_key IS NOT NULL BEGIN
  INSERT OR REPLACE INTO unjudged SELECT OLD.context_key, 1 WHERE EXISTS (
    SELECT 1 FROM record JOIN review ON review.number = record.number WHERE record.context_key = OLD.context_key);
END;
