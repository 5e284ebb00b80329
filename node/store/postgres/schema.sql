-- One database for several nodes of one operator. Times are milliseconds since the epoch.

CREATE TABLE meta (
  single  boolean PRIMARY KEY CHECK (single), -- there is one row; whoever writes anything locks it first, until the commit
  version integer NOT NULL, -- of these tables
  epoch   bytea NOT NULL, -- 16 random bytes; under it other nodes remember how far they have read
  folding text NOT NULL, -- the rules by which words were folded; other rules in the program mean: fold again
  arrived bigint NOT NULL, -- the last record.number that was given
  step    bigint NOT NULL, -- the last step.number
  changes bigint NOT NULL -- transactions that wrote something
);

CREATE TABLE record (
  number    bigint PRIMARY KEY, -- the order of arrival, which is the order of commits; never given twice
  id        bytea NOT NULL UNIQUE, -- 32 bytes
  author    bytea NOT NULL, -- identity, 32 bytes
  kind      text COLLATE "C" NOT NULL,
  at        bigint NOT NULL, -- the author's claim
  arrived   bigint NOT NULL, -- by the clock of the node that wrote it
  place     bytea UNIQUE, -- that it fills; NULL: it is appended
  context   bytea, -- the header's `in`
  needless  bigint, -- from here on it may be dropped; NULL: never
  shared    boolean NOT NULL, -- given to other nodes
  counted   boolean NOT NULL, -- counts against its author's quota
  signature bytea NOT NULL,
  header    bytea NOT NULL, -- as it was signed
  body      bytea -- as it was signed; NULL: only the header is here
);

CREATE INDEX record_context ON record (context) WHERE context IS NOT NULL;
CREATE INDEX record_author ON record (author, kind, arrived);
CREATE UNIQUE INDEX record_inception ON record (author) WHERE kind = 'inception/1';
CREATE INDEX record_counted ON record (author, arrived) WHERE counted;
CREATE INDEX record_kind ON record (kind, number);
CREATE INDEX record_needless ON record (needless) WHERE needless IS NOT NULL;
CREATE INDEX record_shared ON record (at, id) WHERE shared;
CREATE INDEX record_own ON record (number) WHERE NOT shared;

-- Versions that a later one replaced: not wanted again, and still part of what their author wrote that day.
CREATE TABLE replaced (
  number  bigserial PRIMARY KEY, -- order of replacement
  id      bytea NOT NULL,
  author  bytea NOT NULL,
  arrived bigint NOT NULL,
  counted boolean NOT NULL
);

CREATE INDEX replaced_id ON replaced (id);
CREATE INDEX replaced_counted ON replaced (author, arrived) WHERE counted;

-- Bodies that were erased for good, which never come back.
CREATE TABLE erased (
  id        bytea PRIMARY KEY,
  at        bigint NOT NULL,
  scrubbed  boolean NOT NULL, -- also gone from the pages of the tables
  header    bytea, -- NULL: it stays in record
  signature bytea
);

-- Shared records that were refused: they count as if they were kept, or others would bring them for ever.
CREATE TABLE aside (
  id     bytea PRIMARY KEY,
  at     bigint NOT NULL,
  author bytea NOT NULL,
  kind   text COLLATE "C" NOT NULL,
  till   bigint NOT NULL -- from then on it is judged anew when somebody brings it
);

CREATE INDEX aside_author ON aside (author);
CREATE INDEX aside_till ON aside (till);

-- What came into and went out of the set that is reconciled, for the nodes that keep it in memory. Old rows go.
CREATE TABLE step (
  number  bigint PRIMARY KEY, -- without gaps
  at      bigint NOT NULL,
  id      bytea NOT NULL,
  author  bytea NOT NULL,
  kind    text COLLATE "C" NOT NULL,
  present boolean NOT NULL
);

-- Contracts of which a record was changed or taken away: what nodes found out about them is judged again. Old rows go.
CREATE TABLE amended (
  number   bigserial PRIMARY KEY,
  contract bytea NOT NULL
);

-- What bodies say. Every row follows from its record and goes with it.

CREATE TABLE agreement (
  number     bigint PRIMARY KEY REFERENCES record ON DELETE CASCADE,
  contract   bytea NOT NULL,
  author     bytea NOT NULL, -- who signed: one of the two
  client     bytea NOT NULL,
  freelancer bytea NOT NULL,
  offer      bytea NOT NULL -- the offer's place: that offer is kept when it has expired
);

CREATE INDEX agreement_contract ON agreement (contract);
CREATE INDEX agreement_client ON agreement (client);
CREATE INDEX agreement_freelancer ON agreement (freelancer);
CREATE INDEX agreement_offer ON agreement (offer);

CREATE TABLE participant (
  number   bigint NOT NULL REFERENCES agreement ON DELETE CASCADE,
  identity bytea NOT NULL, -- an arbiter or a witness
  contract bytea NOT NULL,
  PRIMARY KEY (number, identity)
);

CREATE INDEX participant_identity ON participant (identity);
CREATE INDEX participant_contract ON participant (contract);

CREATE TABLE review (
  number  bigint PRIMARY KEY REFERENCES record ON DELETE CASCADE,
  subject bytea NOT NULL
);

CREATE INDEX review_subject ON review (subject, number);

CREATE TABLE offer (
  number      bigint PRIMARY KEY REFERENCES record ON DELETE CASCADE,
  author      bytea NOT NULL,
  till        bigint NOT NULL,
  at          bigint NOT NULL,
  closed      boolean NOT NULL,
  side        text NOT NULL,
  basis       text,
  unit        text,
  low         bigint,
  high        bigint,
  title       text NOT NULL, -- folded by the program, with a space at both ends
  skills      text NOT NULL,
  description text NOT NULL,
  words       text[] COLLATE "C" NOT NULL -- of these three, and marks for filters
);

CREATE INDEX offer_open ON offer (author, till) WHERE NOT closed;
-- Without a list of what is not sorted in yet: every search would read all of that.
CREATE INDEX offer_words ON offer USING gin (words) WITH (fastupdate = off);

CREATE TABLE word (
  word   text COLLATE "C" PRIMARY KEY, -- of an offer that is or was here
  number bigserial UNIQUE -- the order in which words were met
);
