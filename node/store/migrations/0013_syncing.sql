ALTER TABLE meta ADD COLUMN synced INTEGER NOT NULL DEFAULT 0; -- how often something was written for the disk to be waited for

-- Of a third of the size, and with fewer pages to be written with every record: the few keys of one time are put in
-- order when they are read.
DROP INDEX record_shared;
CREATE INDEX record_shared ON record (at) WHERE shared = 1;
