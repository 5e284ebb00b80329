-- Reviews that count, as nodes found out by folding their contracts: a start reads them in place of that.

CREATE TABLE verdict (
  number   bigint PRIMARY KEY REFERENCES record ON DELETE CASCADE, -- of the review
  contract bytea NOT NULL,
  author   bytea NOT NULL,
  subject  bytea NOT NULL,
  levels   integer NOT NULL, -- five levels of 0 to 4, as a number to the base 5
  at       bigint NOT NULL, -- seconds
  review   bigint NOT NULL, -- the first 8 bytes of the review's id
  flags    integer NOT NULL -- role, grade, value band
);

CREATE INDEX verdict_contract ON verdict (contract);

-- Contracts that time alone can change: they are judged again.
CREATE TABLE waiting (
  contract bytea PRIMARY KEY
);

-- By which rules, up to which record, and up to which row of `amended` contracts were judged.
CREATE TABLE judged (
  single   boolean PRIMARY KEY CHECK (single), -- there is one row at most
  rules    text NOT NULL,
  position bigint NOT NULL, -- record.number
  amended  bigint NOT NULL
);
