"""agreement/1: one body that both parties sign, each in a record of its own. The second signature accepts the terms.

The contract's name is the hash of that body, so both records carry it as `body` and as `in`, with `seq` 0: each opens
its author's chain in the contract. The private terms stand behind a salted hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated

from .. import limits, schema, topics
from ..errors import NotAllowed
from ..kind import Kind, check_lasting
from ..network import Times, network
from ..schema import Choice, Items, Raw, Text, Whole
from .entry import ClauseIds, check_clauses
from .offer import FIXED, HOURLY
from .values import CLIENT, FREELANCER, Money, Role, check_unit
from .worth import TOP

if TYPE_CHECKING:
    from ..header import Header

_DAY_MS = 24 * 60 * 60 * 1000
_MAX_WORK_MS = 365 * _DAY_MS
ARBITERS = 3
WITNESSES = 3
REVISIONS = 2
NOBODY = "nobody"
Window = Annotated[int, Whole(1, _MAX_WORK_MS)]
Named = Annotated[bytes, Raw(32)]


@dataclass(frozen=True)
class Clause:
    """One clause of the terms; its id is what a later revision or dispute must cite."""

    id: Annotated[str, Text(16)]
    text: Annotated[str, Text(2000, lines=True)]


@dataclass(frozen=True)
class Part:
    """One milestone of the terms: what is handed over, and what is paid for it (hourly: for an hour, at most `hours`
    hours a week)."""

    title: Annotated[str, Text(120)]
    price: Money
    hours: Annotated[int, Whole(1, 168)] | None = None


@dataclass(frozen=True)
class Terms:
    """The private half of an agreement. `salt` keeps its hash from being guessed."""

    salt: Annotated[bytes, Raw(16)]
    clauses: Annotated[tuple[Clause, ...], Items(50, least=1)]
    parts: Annotated[tuple[Part, ...], Items(limits.MILESTONES, least=1)]


@dataclass(frozen=True)
class Milestone:
    """The public half of a milestone: windows in ms. `work` runs from the second signature; in an hourly one, from
    one week's payment to the next timesheet."""

    work: Window
    review: Window = 10 * _DAY_MS
    payment: Window = 7 * _DAY_MS
    confirm: Window = 5 * _DAY_MS
    basis: Annotated[str, Choice((FIXED, HOURLY))] = FIXED


@dataclass(frozen=True)
class Windows:
    """How long each side has where no milestone says otherwise, in ms."""

    offered: Window = 7 * _DAY_MS
    """For the second signature."""
    funding: Window = 7 * _DAY_MS
    unblock: Window = 5 * _DAY_MS
    revision: Window = 7 * _DAY_MS
    change: Window = 5 * _DAY_MS
    """To consent to an amendment or a settlement; after that it is declined."""
    case: Window = 3 * _DAY_MS
    """For an arbiter to take a case."""
    answer: Window = 7 * _DAY_MS
    ruling: Window = 14 * _DAY_MS


@dataclass(frozen=True)
class Agreement:
    """The public half of a contract.

    `proposer`: whose signature came first. `offer`: the place of the offer it is about. `terms`: the hash of the terms,
    `clauses` the ids of theirs. `revisions`: how many a client may ask for in a milestone. `funded`: work begins when
    the client has shown the money. `arbiters`: in the order in which they are asked, `appeal` whether a ruling may go
    to the next one, `fallback` who gets the price if none of them decides. `witnesses`, of whom `quorum` make a time.
    `rail`: how it is paid. `band`: roughly what it is worth (`worth`), where both want that known.
    """

    client: Named
    freelancer: Named
    proposer: Role
    offer: Named
    terms: Named
    clauses: ClauseIds
    milestones: Annotated[tuple[Milestone, ...], Items(limits.MILESTONES, least=1)]
    revisions: Annotated[int, Whole(0, 10)] = REVISIONS
    funded: bool = False
    arbiters: Annotated[tuple[Named, ...], Items(ARBITERS)] = ()
    appeal: bool = False
    fallback: Annotated[str, Choice((NOBODY, CLIENT, FREELANCER))] = NOBODY
    witnesses: Annotated[tuple[Named, ...], Items(WITNESSES)] = ()
    quorum: Annotated[int, Whole(0, WITNESSES)] = 0
    rail: Annotated[str, Text(40)] = "manual-ack/1"
    windows: Windows = field(default_factory=Windows)
    band: Annotated[int, Whole(0, TOP)] | None = None

    def role(self, identity: bytes) -> str | None:
        """`client`, `freelancer`, or None for anybody else."""
        if identity == self.client:
            return CLIENT
        return FREELANCER if identity == self.freelancer else None

    def party(self, role: str) -> bytes:
        """The identity in a role."""
        return self.client if role == CLIENT else self.freelancer

    @property
    def participants(self) -> tuple[bytes, ...]:
        """Everybody whose records belong to the contract: parties, arbiters, witnesses."""
        return (self.client, self.freelancer, *self.arbiters, *self.witnesses)


def terms_hash(terms: Terms) -> bytes:
    """The commitment to private terms that the agreement carries."""
    return hashlib.sha256(schema.dump(terms)).digest()


def check_terms(terms: Terms, committed: bytes, clauses: tuple[str, ...], milestones: tuple[Milestone, ...]) -> None:
    """Raise NotAllowed unless these are the terms behind the hash `committed`, they fit the public half, and they are
    sensible."""
    if terms_hash(terms) != committed:
        raise NotAllowed("these are not the terms that were signed")
    if len(terms.parts) != len(milestones):
        raise NotAllowed("terms and agreement count different milestones")
    if tuple(clause.id for clause in terms.clauses) != clauses:
        raise NotAllowed("terms and agreement name different clauses")
    for part, milestone in zip(terms.parts, milestones, strict=True):
        check_unit(part.price.unit)
        if part.hours is not None and milestone.basis != HOURLY:
            raise NotAllowed("hours a week are limited in hourly milestones only")


def times_of(network_name: str) -> Times:
    """What a network rules about time. Raises NotAllowed for a network that nobody knows."""
    try:
        return network(network_name).times
    except ValueError as error:
        raise NotAllowed(str(error)) from error


def check_windows(milestones: tuple[Milestone, ...], windows: Windows | None, network_name: str) -> None:
    """Raise NotAllowed for a window that the network does not allow."""
    times = times_of(network_name)
    for milestone in milestones:
        if not times.least <= milestone.work:
            raise NotAllowed("a milestone's window for work is shorter than the network allows")
        if not times.least_review <= milestone.review <= times.most:
            raise NotAllowed("a milestone's window for review is not one that the network allows")
        if not all(times.least <= window <= times.most for window in (milestone.payment, milestone.confirm)):
            raise NotAllowed("a milestone's window for payment or confirmation is not one that the network allows")
    for name in (each.name for each in fields(Windows)):
        if windows is not None and not times.least <= getattr(windows, name) <= times.most:
            raise NotAllowed(f"the window {name!r} is not one that the network allows")


def _opens(header: Header) -> None:
    if header.context != header.body or header.seq != 0:
        raise NotAllowed("an agreement opens a chain in itself: in is its body's hash, seq is 0")
    check_lasting(header)


def _check(body: Agreement, header: Header) -> None:
    if body.client == body.freelancer:
        raise NotAllowed("nobody makes a contract with themselves")
    if body.role(header.by) is None:
        raise NotAllowed("an agreement is signed by one of its parties")
    if len(set(body.participants)) != len(body.participants):
        raise NotAllowed("parties, arbiters and witnesses are different people")
    if body.quorum > len(body.witnesses) or (body.witnesses and not body.quorum):
        raise NotAllowed("the quorum is 1 to the number of witnesses, or 0 without any")
    if not body.clauses:
        raise NotAllowed("an agreement has at least one clause")
    check_clauses(body.clauses)
    check_windows(body.milestones, body.windows, header.network)


AGREEMENT = Kind("agreement/1", Agreement, _check, _opens, topic=topics.CONTRACTS)
