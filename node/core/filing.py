"""Files that contracts name: which they are, whose, and what of them is handed to other nodes.

Only the SHA-256 entitles: it stands in bodies that are sealed to those who may have the file (specs/decisions/0013).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol import limits
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.entries import DELIVERY
from freehold.protocol.kinds.notes import NOTE
from freehold.protocol.requests import Declined, Piece

from .desk import Denied
from .direct import nodes_of
from .lending import Lending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from freehold.protocol.envelope import Record
    from freehold.protocol.kinds.entries import Handover
    from freehold.protocol.requests import File

    from .desk import Desk

SPARED_MS = 24 * 60 * 60 * 1000
"""A file that no contract names may be about to be signed; after a day it may go."""
_SURE_MS, _UNSURE_MS = 60_000, 5_000
"""How long it holds that a contract names a file, or that none does: nobody makes this node read a contract for each
piece."""
_SURE_OF = 256
_NOT_HERE = Declined("this node has no such file to hand over", again=False)
_LATER = Declined("enough for now: ask again in a moment", again=True)


@dataclass(frozen=True, slots=True)
class Named:
    """A file as an entry or a note names it, and who signed that."""

    sha256: bytes
    name: str
    where: str
    author: bytes
    at: int


def named_in(desk: Desk, contract: bytes) -> list[Named]:
    """The files that a contract's bodies name, as far as they are here, each once, in order of time; by somebody else
    than the owner where both do, since it can be had of them. Empty for anybody else's contract."""
    records = desk.stores.records
    people = records.participants(contract)
    if desk.me is None or desk.me not in people:
        return []
    found: dict[bytes, Named] = {}
    for record in sorted(records.in_context(contract), key=lambda one: (one.header.at, one.id)):
        if record.author in people:
            for file in _files(record):
                named = Named(file.sha256, file.name, file.where, record.author, record.header.at)
                if found.setdefault(file.sha256, named).author == desk.me:
                    found[file.sha256] = named
    return list(found.values())


def names(desk: Desk, contract: bytes, sha256: bytes) -> bool:
    """Whether one of the owner's contracts names a file."""
    return any(one.sha256 == sha256 for one in named_in(desk, contract))


def users(desk: Desk, sha256: bytes) -> list[bytes]:
    """The contracts that a file is kept for and that still name it."""
    kept = desk.files.get(sha256)
    return [] if kept is None else [contract for contract in sorted(kept.contracts) if names(desk, contract, sha256)]


def sources(desk: Desk, contract: bytes, author: bytes) -> tuple[str, ...]:
    """Addresses to ask for a file: nodes of whoever named it, then those of the contract's other people."""
    others = [person for person in desk.stores.records.participants(contract) if person != author]
    people = [person for person in (author, *others) if person != desk.me]
    return tuple(dict.fromkeys(node for person in people for node in nodes_of(desk, person)))


def refer(desk: Desk, contract: bytes, files: tuple[Handover, ...]) -> None:
    """These are about to be signed into a contract: keep what is here for it. Raises StorageFull."""
    for file in files:
        desk.files.refer(file.sha256, contract)


def drop(desk: Desk, sha256: bytes, *, anyway: bool) -> None:
    """Delete a file. Raises Denied: `not-found`; `file-in-use` while a contract names it, unless `anyway`."""
    if desk.files.get(sha256) is None:
        raise Denied("not-found", "there is no such file here", "see: freehold file list")
    if not anyway and users(desk, sha256):
        raise Denied(
            "file-in-use",
            "a contract names this file, and the other side may still want it",
            "if you mean it: freehold file remove --anyway",
        )
    desk.files.drop(sha256)


def tidy(desk: Desk, now: int) -> list[bytes]:
    """Delete the files that no contract names and that are older than a day; which they were."""
    old = [kept.sha256 for kept in desk.files.listed() if kept.at + SPARED_MS <= now]
    return [sha256 for sha256 in old if not users(desk, sha256) and desk.files.drop(sha256)]


class HandingOut:
    """Answers other nodes that ask for files: a piece at a time, to each as much as it may have."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lending = Lending()
        self._named: dict[bytes, tuple[bool, int]] = {}
        self.handed = 0
        """Bytes, since the start."""

    def answer(self, request: File, peer: str, now: int) -> Piece | Declined:
        """A piece, if a contract of the owner's names the file. What is not here and what nothing names look alike."""
        kept = self._desk.files.get(request.sha256)
        if kept is None or not self._may_have(request.sha256, now):
            return _NOT_HERE
        if not self._lending.allows(peer, now):
            return _LATER
        data = self._desk.files.piece(request.sha256, request.start, limits.PIECE_BYTES)
        if len(data) < min(limits.PIECE_BYTES, kept.bytes - request.start):
            return _NOT_HERE
        self._lending.spend(peer, len(data), now)
        self.handed += len(data)
        return Piece(kept.bytes, data)

    def _may_have(self, sha256: bytes, now: int) -> bool:
        named, until = self._named.get(sha256, (False, 0))
        if until <= now:
            named = bool(users(self._desk, sha256))
            if len(self._named) >= _SURE_OF:
                self._named.clear()
            self._named[sha256] = named, now + (_SURE_MS if named else _UNSURE_MS)
        return named


def _files(record: Record) -> Iterator[Handover]:
    kind = {DELIVERY.name: DELIVERY, NOTE.name: NOTE}.get(record.header.kind)
    if kind is None or record.body is None:
        return
    try:
        yield from kind.open(record).files
    except ProtocolError:
        return  # its body breaks a rule that a later version knows
