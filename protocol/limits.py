"""Every bound of the wire, with its reason. Sizes are bytes, times are milliseconds."""

HEADER_BYTES = 512
"""A header is public and kept for ever; the longest of ours is under 400 bytes."""
BODY_BYTES = 16 * 1024
"""The longest text a person writes in one go, twice over; kinds may set less."""
OFFER_BODY_BYTES = 8 * 1024
"""Offers are the bulk of the market: 8 KiB holds the longest of 18,600 real posts ten times."""
REVIEW_BODY_BYTES = 4 * 1024
"""A review is read in a list."""
KEY_EVENT_BODY_BYTES = 4 * 1024
"""Keys and commitments only."""
RECORD_BYTES = HEADER_BYTES + BODY_BYTES + 128
"""A packed record: header, body, the 64-byte signature and MessagePack's own few bytes."""

FRAME_BYTES = 64 * 1024
"""One gossip message or one request: fits twice into py-libp2p's default RPC limit."""
REPLY_BYTES = 256 * 1024
"""One page of records in an answer: one Yamux window."""
FILE_BYTES = 25 * 1024 * 1024
"""One file of a delivery: what mail lets through. Larger work is fetched where the delivery says."""
PIECE_BYTES = 192 * 1024
"""One piece of a file in an answer: with what stands around it under `REPLY_BYTES`."""
BATCH_RECORDS = 64
"""Records in one gossip message: verifying 64 holds the event loop for about 3 ms."""

DEPTH = 8
"""Nesting of maps and arrays: our deepest body, a proposal with its prices, uses 5."""
NODES = 4096
"""Values in one document, map keys not counted: stops count bombs that are small on the wire."""
MAP_ENTRIES = 64
"""Keys in one map: the header, our widest, has 15 of its own."""
ARRAY_ITEMS = 256
"""Items in one array: a page of ids."""
TEXT_BYTES = 8 * 1024
"""One text value."""
KEY_BYTES = 32
"""One map key."""
MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON and JavaScript implementation holds exactly."""

SLOT_BYTES = 64
"""Name of a replaceable place."""
SEEN_RECORDS = 4
"""Read receipts in one header: 4 x 34 bytes still leave the header under its limit."""
KIND_BYTES = 64
"""A reverse-DNS name and a version."""

CLOCK_AHEAD_MS = 10 * 60 * 1000
"""A claimed time this far ahead of ours is taken as an honest clock that is off."""
CLOCK_PARK_MS = 2 * 60 * 60 * 1000
"""Up to here a record waits until its time has come; beyond, it is dropped."""

CONTRACT_ENTRIES = 256
"""Entries of both chains of one contract together."""
MILESTONES = 20
"""Milestones of one agreement."""
KEY_EVENTS = 256
"""Events of one identity's log."""
