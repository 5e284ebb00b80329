"""Stores that are full already: offers by strangers with signatures that nobody checks, as many as are asked for."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from freehold.protocol.envelope import Record, seal
from freehold.protocol.identity import IdentityId, SecretKey
from freehold.protocol.kinds.offer import OFFER, SLOT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from freehold.node.store.sqlite import SqliteStore
    from freehold.protocol.kinds.offer import Offer

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
            store.commit()
            store.checkpoint()
    store.commit()
    store.checkpoint()
