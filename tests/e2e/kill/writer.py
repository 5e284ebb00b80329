"""A process that writes batches of records for ever, and says on its standard output which are committed.

    python -m tests.e2e.kill.writer DATABASE FIRST_BATCH

One line per batch, written when its commit has returned. Meanwhile a thread moves the log into the database, as in a
node. The process ends when it is killed.
"""

from __future__ import annotations

import functools
import sys
import threading
from itertools import count
from pathlib import Path

from freehold.node.core.ports import Parcel
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol.envelope import Record
from tests.cast import START_MS, alice, bob, offer, proposal, story

CHECKPOINT_EVERY = 7


@functools.cache
def batch(number: int) -> list[Record]:
    """What stands in a batch: offers, a version that replaces one of an earlier batch, entries of a contract."""
    offers = [offer(number=100 * number + place, title=f"Batch {number}, offer {place}") for place in range(5)]
    later = offer(number=100 * (number // 2), title=f"Batch {number} again", at=START_MS + 1 + number)
    told = story(salt=number)
    return [*offers, later, told.client_signs, told.freelancer_signs, told.delivery.without_body(), told.delivery]


@functools.cache
def parcel(number: int) -> Parcel:
    """The parcel that goes with a batch."""
    return Parcel(proposal(salt=number).id, alice.id, b"sealed" * 200, START_MS, next_try=START_MS)


def write(path: Path, first: int) -> None:
    """Write batches from `first` on."""
    store = SqliteStore.open(path)
    due = threading.Semaphore(0)
    threading.Thread(target=_checkpoints, args=(store, due), daemon=True).start()
    for number in count(first):
        for record in batch(number):
            store.records.add(record, START_MS + number, shared=True)
        store.outbox.put(parcel(number))
        store.cursors.set("a peer", b"e" * 16, number)
        store.peers.remember(f"peer {number}", "/ip4/127.0.0.1/tcp/1", START_MS + number)
        store.prekeys.add(number.to_bytes(32, "big"), bob.prekey[0], START_MS)
        store.commit()
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        if number % CHECKPOINT_EVERY == 0:
            due.release()


def _checkpoints(store: SqliteStore, due: threading.Semaphore) -> None:
    while due.acquire():
        store.checkpoint()


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
