-- How far notices were handed to the owner's command: those that fall into quiet hours wait, also over a restart.
CREATE TABLE told (
  only   INTEGER PRIMARY KEY CHECK (only = 1), -- there is one row at most
  number INTEGER NOT NULL -- notice.number of the last one
) STRICT;
