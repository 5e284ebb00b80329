"""Entries about time, and the receipts that time hangs from (specs/04-contract.md, "Time without an authority")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import topics
from ..errors import NotAllowed
from ..kind import Kind, check_lasting
from ..schema import Items, Raw, Whole
from .entry import in_contract, in_either

if TYPE_CHECKING:
    from ..header import Header

RECEIPT_IDS = 64
"""Records that one receipt names: a busy contract's minute, several times over."""


@dataclass(frozen=True)
class Claim:
    """The creditor says that the time of an obligation is over: `obligation` is the entry that began it.

    The debtor has a last time to perform or to show that it did; then what the table says follows for everybody.
    """

    obligation: Annotated[bytes, Raw(32)]


@dataclass(frozen=True)
class Absence:
    """A party will be away `since`...`until` (ms): its own deadlines move by as much."""

    since: Annotated[int, Whole()]
    until: Annotated[int, Whole()]


@dataclass(frozen=True)
class Resume:
    """A party is back before its absence is over."""


@dataclass(frozen=True)
class Ping:
    """A party asks the other one for a sign of life."""


@dataclass(frozen=True)
class Pong:
    """The sign of life. Any other entry serves as well."""


@dataclass(frozen=True)
class Receipt:
    """Its author had these records of the contract (header `in`) when it signed: `at` is the time it vouches for."""

    ids: Annotated[tuple[Annotated[bytes, Raw(32)], ...], Items(RECEIPT_IDS, least=1)]


def _check_absence(body: Absence, _header: Header) -> None:
    if body.until <= body.since:
        raise NotAllowed("an absence ends after it begins")


def _beside_chains(header: Header) -> None:
    if header.context is None or header.seq is not None or header.part is not None:
        raise NotAllowed("a receipt names its contract (in) and stands in no chain")
    check_lasting(header)


def _check_receipt(body: Receipt, _header: Header) -> None:
    if len(set(body.ids)) != len(body.ids):
        raise NotAllowed("a receipt names a record twice")


CLAIM = Kind("claim/1", Claim, place=in_either, topic=topics.CONTRACTS)
ABSENCE = Kind("absence/1", Absence, _check_absence, in_contract, topic=topics.CONTRACTS)
RESUME = Kind("resume/1", Resume, place=in_contract, topic=topics.CONTRACTS)
PING = Kind("ping/1", Ping, place=in_contract, topic=topics.CONTRACTS)
PONG = Kind("pong/1", Pong, place=in_contract, topic=topics.CONTRACTS)
RECEIPT = Kind("receipt/1", Receipt, _check_receipt, _beside_chains, topic=topics.CONTRACTS)

TIMING = (CLAIM, ABSENCE, RESUME, PING, PONG)
