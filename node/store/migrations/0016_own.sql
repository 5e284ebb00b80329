-- What is here for the owner alone: whether something of it has expired is asked every hour, and among a million records
-- that others share it is found in no other way.
CREATE INDEX record_own ON record (number, needless) WHERE shared = 0;
