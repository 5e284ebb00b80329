"""Entries of a contract about the work: delivery, acceptance, what stands in the way, what is to be revised.

A party appends them to its own chain: the header carries the contract (`in`), the milestone (`part`), `seq` and `prev`.
Bodies go sealed to the other party; everybody else has the header only. A revision's body is public, so that a stranger
sees that it cites clauses of the terms; its words travel in a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import topics
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Items, Raw, Text, Whole
from .entry import ClauseId, Words, check_clauses, in_milestone

if TYPE_CHECKING:
    from ..header import Header

_MINUTES_A_WEEK = 7 * 24 * 60


@dataclass(frozen=True)
class Handover:
    """A file that belongs to a delivery: its name, where it lies, and the SHA-256 of its content."""

    name: Annotated[str, Text(200)]
    where: Annotated[str, Text(500, least=0)]
    sha256: Annotated[bytes, Raw(32)]


@dataclass(frozen=True)
class Delivery:
    """The freelancer hands the work over."""

    note: Words
    files: Annotated[tuple[Handover, ...], Items(20)] = ()


@dataclass(frozen=True)
class Acceptance:
    """The client finds the delivered work good: the milestone is payable."""

    note: Words = ""


@dataclass(frozen=True)
class Blocked:
    """The freelancer cannot go on without something of the client; its own clock stands still until then."""

    need: Annotated[str, Text(4000, lines=True)]


@dataclass(frozen=True)
class Unblocked:
    """The client gives what was needed."""

    note: Words = ""


@dataclass(frozen=True)
class Revision:
    """The client asks for a change of what was delivered, citing the clauses that it does not meet yet.

    `note`: the hash (header `body`) of the note that says what is to be changed, or absent.
    """

    clauses: Annotated[tuple[ClauseId, ...], Items(50, least=1)]
    note: Annotated[bytes, Raw(32)] | None = None


@dataclass(frozen=True)
class Timesheet:
    """The freelancer reports hours worked in an hourly milestone: up to a week from `begins` (ms)."""

    begins: Annotated[int, Whole()]
    minutes: Annotated[int, Whole(1, _MINUTES_A_WEEK)]
    note: Words = ""


@dataclass(frozen=True)
class Finish:
    """A party ends an hourly milestone, between two timesheets: nothing more will be reported."""


def _check_revision(body: Revision, _header: Header) -> None:
    check_clauses(body.clauses)


def _check_timesheet(body: Timesheet, header: Header) -> None:
    if body.begins > header.at:
        raise NotAllowed("a timesheet reports hours that are over: it begins in the past")


DELIVERY = Kind("delivery/1", Delivery, place=in_milestone, topic=topics.CONTRACTS, private=True)
ACCEPTANCE = Kind("acceptance/1", Acceptance, place=in_milestone, topic=topics.CONTRACTS, private=True)
BLOCKED = Kind("blocked/1", Blocked, place=in_milestone, topic=topics.CONTRACTS, private=True)
UNBLOCKED = Kind("unblocked/1", Unblocked, place=in_milestone, topic=topics.CONTRACTS, private=True)
REVISION = Kind("revision/1", Revision, _check_revision, in_milestone, topic=topics.CONTRACTS)
TIMESHEET = Kind("timesheet/1", Timesheet, _check_timesheet, in_milestone, topic=topics.CONTRACTS, private=True)
FINISH = Kind("finish/1", Finish, place=in_milestone, topic=topics.CONTRACTS)

WORK = (DELIVERY, ACCEPTANCE, BLOCKED, UNBLOCKED, REVISION, TIMESHEET, FINISH)
