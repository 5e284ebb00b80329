"""Stores that are full already: offers by strangers with signatures that nobody checks, as many as are asked for.

A million take four minutes to fill in. With `--warehouse FOLDER` benches keep one filled file of each size there, and
work on copies of it. After a change of what tables hold, empty that folder.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from freehold.cli.demo import postings
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol.envelope import Record, seal
from freehold.protocol.identity import IdentityId, SecretKey
from freehold.protocol.kinds.offer import OFFER, SLOT_BYTES

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator, Sequence

    from freehold.protocol.kinds.offer import Offer

NETWORK = "test-bench"
AT, TILL = 1_748_000_000_000, 4_100_000_000_000
"""When the first was written, the others a millisecond after each other; none expires before 2099, so that a real node
keeps them too."""
FILE = "node.db"
BATCH = 500
BATCHES_A_COMMIT = 20
OFFERS_AN_AUTHOR = 5


class _NoSigner(SecretKey):
    """Signs nothing: what it makes is put into the store directly."""

    @property
    def key(self) -> bytes:
        return bytes(32)

    def sign(self, message: bytes) -> bytes:
        return (hashlib.sha256(message).digest()) * 2


def strangers(offers: Sequence[Offer], network: str, at: int, till: int) -> Iterator[Record]:
    """Offers without end, each another record, a few an author."""
    number = 0
    while True:
        author = _NoSigner(IdentityId(hashlib.sha256(b"author %d" % (number // OFFERS_AN_AUTHOR)).digest()), b"")
        offer = dataclasses.replace(
            offers[number % len(offers)], title=f"{offers[number % len(offers)].title} {number}"
        )
        slot = number.to_bytes(SLOT_BYTES, "big")
        yield seal(OFFER.draft(offer, at + number, slot=slot, till=till), network, author)
        number += 1


def fill(store: SqliteStore, records: Iterator[Record], count: int, now: int) -> None:
    """Put in so many of them."""
    for batch in range(0, count, BATCH):
        some = [next(records) for _ in range(min(BATCH, count - batch))]
        store.records.add_many(some, now, shared=True)
        if batch // BATCH % BATCHES_A_COMMIT == 0:
            store.commit(passing=True)
            store.checkpoint()
    store.commit()
    store.checkpoint()


def stock(folder: Path, count: int, warehouse: Path | None = None) -> None:
    """Put a database with so many records into a folder: a copy from the warehouse, which gets it first if it has none
    of this size; or one for this folder alone."""
    if warehouse is None:
        folder.mkdir(mode=0o700, exist_ok=True)
        _fill_file(folder / FILE, count)
        return
    kept = warehouse / str(count)
    if not kept.exists():
        making = warehouse / f"{count}.making"
        shutil.rmtree(making, ignore_errors=True)
        warehouse.mkdir(parents=True, exist_ok=True)
        making.mkdir(mode=0o700)  # as a node wants its folder
        _fill_file(making / FILE, count)
        making.rename(kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    with (folder / FILE).open("rb") as file:
        os.fsync(file.fileno())  # now, and not while a clock runs


def _fill_file(path: Path, count: int) -> None:
    store = SqliteStore.open(path)
    fill(store, strangers(postings.our_own(), NETWORK, AT, TILL), count, AT)
    while store.ranges.tend(AT):
        pass
    store.close()


def add_option(parser: ArgumentParser) -> None:
    """`--warehouse FOLDER`."""
    parser.add_argument("--warehouse", type=Path, help="keep full stores in this folder for the next run")
