"""An act of the owner played through without keeping anything: what would be signed can be read before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from freehold.protocol.envelope import Record
from freehold.protocol.kinds.proposal import PROPOSAL, agreement_in

from .no_files import NoFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .desk import Desk
    from .effects import Effect
    from .ports import Parcel, Stores


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an act would sign, in order, and the hash that stands for all of it; the randomness that it took."""

    records: tuple[Record, ...]
    hash: bytes
    random: tuple[bytes, ...]


def rehearse(desk: Desk, act: Callable[[Desk, int], tuple[Any, list[Effect]]], now: int) -> Rehearsal:
    """Play an act on paper that is thrown away. Raises Denied as the act does."""
    paper, drawn = _Paper(desk.stores), list[bytes]()

    def draw(size: int) -> bytes:
        drawn.append(desk.random_bytes(size))
        return drawn[-1]

    result, _ = act(replace(desk, stores=cast("Stores", paper), random_bytes=draw, files=NoFiles()), now)
    mine = [record for record in paper.records.added if record.author == desk.me]
    records = tuple({record.id: record for record in mine}.values())
    return Rehearsal(records, _hash(result, records), tuple(drawn))


def repeating(desk: Desk, random: Iterable[bytes]) -> Desk:
    """The same desk, on which an act draws the randomness of its rehearsal again."""
    drawn = iter(tuple(random))

    def draw(size: int) -> bytes:
        return next(drawn, None) or desk.random_bytes(size)

    return replace(desk, random_bytes=draw)


def signed_in(record: Record) -> tuple[Record, ...]:
    """A record and the signed one inside it, if it is a proposal."""
    return (record, _agreement(record)) if record.header.kind == PROPOSAL.name else (record,)


def _hash(result: object, records: tuple[Record, ...]) -> bytes:
    """The hash of the body that the act answers with; of a proposal, of the agreement: the contract's name.

    It covers whatever else is signed: an entry names the hash of its note, an agreement that of its terms.
    """
    if not isinstance(result, Record):
        return next((record.header.body for record in records if record.header.body == result), b"")
    return signed_in(result)[-1].header.body


def _agreement(record: Record) -> Record:
    return agreement_in(PROPOSAL.open(record), record.author)[0]


class _Added:
    """The records of a store, and what would be added to them."""

    def __init__(self, records: object) -> None:
        self._records = records
        self.added: list[Record] = []

    def add(self, record: Record, now: int, *, shared: bool) -> bool:
        """See `ports.Records`."""
        del now, shared
        known = cast("Any", self._records).has(record.id)
        if not known:
            self.added.append(record)
        return not known

    def __getattr__(self, name: str) -> object:
        return getattr(self._records, name)


class _Unsent:
    """An outbox into which nothing is put."""

    def __init__(self, outbox: object) -> None:
        self._outbox = outbox

    def put(self, parcel: Parcel) -> None:
        """See `ports.Outbox`."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._outbox, name)


class _Paper:
    """Stores that read as they are and keep nothing."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self.records, self.outbox = _Added(stores.records), _Unsent(stores.outbox)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stores, name)
