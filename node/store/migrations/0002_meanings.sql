-- What bodies say, as far as it is asked for. Every row follows from its record and goes with it.

CREATE TABLE agreement (
  number         INTEGER PRIMARY KEY, -- record.number
  client_key     INTEGER NOT NULL, -- of client
  freelancer_key INTEGER NOT NULL, -- of freelancer
  offer_key      INTEGER NOT NULL, -- of the offer's place: that offer is kept when it has expired
  contract       BLOB NOT NULL, -- 32 bytes
  client         BLOB NOT NULL, -- identity, 32 bytes
  freelancer     BLOB NOT NULL -- identity, 32 bytes
) STRICT;

CREATE INDEX agreement_client ON agreement (client_key);
CREATE INDEX agreement_freelancer ON agreement (freelancer_key);
CREATE INDEX agreement_offer ON agreement (offer_key);

CREATE TABLE review (
  number      INTEGER PRIMARY KEY, -- record.number
  subject_key INTEGER NOT NULL, -- of subject
  subject     BLOB NOT NULL -- identity, 32 bytes
) STRICT;

CREATE INDEX review_subject ON review (subject_key);

CREATE TABLE offer (
  number INTEGER PRIMARY KEY, -- record.number
  author INTEGER NOT NULL, -- author.number
  till   INTEGER NOT NULL, -- expiry
  closed INTEGER NOT NULL CHECK (closed IN (0, 1)), -- 1: its author has closed it
  side   TEXT NOT NULL, -- wanted or service
  basis  TEXT, -- fixed or hourly; NULL: no budget is named
  unit   TEXT, -- the budget's currency or unit
  high   INTEGER -- the budget's upper end in minor units
) STRICT;

CREATE INDEX offer_author ON offer (author, closed, till);

-- Words of offers, folded by the program (folding.py); rowid is record.number. `marks` holds whole skills and languages
-- for filters. Contentless: a row is taken out by giving its words once more.
CREATE VIRTUAL TABLE offer_text USING fts5 (
  title, skills, description, marks,
  content = '',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '+#_'"
);
