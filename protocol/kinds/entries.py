"""The entries of a contract's straight path. Headers are public, bodies go to the other party alone.

`in` is the contract, `part` the milestone, `seq` and `prev` the place in the author's own chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import limits, topics
from ..errors import NotAllowed
from ..kind import Kind, check_lasting
from ..schema import Items, Raw, Text
from .values import Money, check_unit

if TYPE_CHECKING:
    from ..header import Header

_Note = Annotated[str, Text(4000, least=0, lines=True)]


@dataclass(frozen=True)
class Handover:
    """A file that belongs to a delivery: its name, where it lies, and the SHA-256 of its content."""

    name: Annotated[str, Text(200)]
    where: Annotated[str, Text(500, least=0)]
    sha256: Annotated[bytes, Raw(32)]


@dataclass(frozen=True)
class Delivery:
    """The freelancer hands the work over."""

    note: _Note
    files: Annotated[tuple[Handover, ...], Items(20)] = ()


@dataclass(frozen=True)
class Acceptance:
    """The client finds the delivered work good: the milestone is payable."""

    note: _Note = ""


@dataclass(frozen=True)
class PaymentSent:
    """The client says that it paid, how much, and how it can be found (`reference`)."""

    paid: Money
    rail: Annotated[str, Text(40)]
    reference: Annotated[str, Text(200, least=0)] = ""


@dataclass(frozen=True)
class PaymentReceived:
    """The freelancer confirms the money: the milestone is settled."""

    received: Money


def check_entry(header: Header) -> None:
    """Raise NotAllowed unless the header places an entry in a contract. Needs no body."""
    if header.context is None or header.part is None or header.part >= limits.MILESTONES or not header.seq:
        raise NotAllowed(
            "a contract entry names its contract (in), milestone (part) and place in the chain (seq, prev)"
        )
    check_lasting(header)


def _check(_body: object, header: Header) -> None:
    check_entry(header)


def _check_sent(body: PaymentSent, header: Header) -> None:
    check_entry(header)
    check_unit(body.paid.unit)


def _check_received(body: PaymentReceived, header: Header) -> None:
    check_entry(header)
    check_unit(body.received.unit)


DELIVERY = Kind("delivery/1", Delivery, _check, topic=topics.CONTRACTS, private=True)
ACCEPTANCE = Kind("acceptance/1", Acceptance, _check, topic=topics.CONTRACTS, private=True)
PAYMENT_SENT = Kind("payment-sent/1", PaymentSent, _check_sent, topic=topics.CONTRACTS, private=True)
PAYMENT_RECEIVED = Kind("payment-received/1", PaymentReceived, _check_received, topic=topics.CONTRACTS, private=True)

ENTRIES = (DELIVERY, ACCEPTANCE, PAYMENT_SENT, PAYMENT_RECEIVED)
ENTRY_NAMES = frozenset(kind.name for kind in ENTRIES)
