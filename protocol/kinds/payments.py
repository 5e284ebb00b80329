"""Entries of a contract about money. No rail is known here: they say what was claimed and what was acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import topics
from ..kind import Kind
from ..schema import Text
from .entry import Words, in_milestone
from .values import Money, check_unit

if TYPE_CHECKING:
    from ..header import Header

Rail = Annotated[str, Text(40)]
Reference = Annotated[str, Text(200, least=0)]


@dataclass(frozen=True)
class Funding:
    """The client shows that the money is locked by the agreed rail (`evidence` is the rail's own text)."""

    rail: Rail
    evidence: Words = ""


@dataclass(frozen=True)
class PaymentSent:
    """The client says that it paid, how much, and how it can be found (`reference`)."""

    paid: Money
    rail: Rail
    reference: Reference = ""


@dataclass(frozen=True)
class PaymentReceived:
    """The freelancer confirms the money: the milestone is settled."""

    received: Money


@dataclass(frozen=True)
class PaymentDenied:
    """The freelancer says that the money did not come: an arbiter looks at it."""

    reason: Words = ""


def _check_sent(body: PaymentSent, _header: Header) -> None:
    check_unit(body.paid.unit)


def _check_received(body: PaymentReceived, _header: Header) -> None:
    check_unit(body.received.unit)


FUNDING = Kind("funding/1", Funding, place=in_milestone, topic=topics.CONTRACTS, private=True)
PAYMENT_SENT = Kind("payment-sent/1", PaymentSent, _check_sent, in_milestone, topic=topics.CONTRACTS, private=True)
PAYMENT_RECEIVED = Kind(
    "payment-received/1", PaymentReceived, _check_received, in_milestone, topic=topics.CONTRACTS, private=True
)
PAYMENT_DENIED = Kind("payment-denied/1", PaymentDenied, place=in_milestone, topic=topics.CONTRACTS, private=True)

PAYMENTS = (FUNDING, PAYMENT_SENT, PAYMENT_RECEIVED, PAYMENT_DENIED)
