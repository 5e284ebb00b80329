"""A network: its name, which is signed into every record, and the bounds and times its nodes keep.

Test networks have other names, so their records can never cross into the real one.
"""

from __future__ import annotations

from dataclasses import dataclass

MAIN_NAME = "freehold"
TEST_PREFIX = "test-"
BRIEF_PREFIX = "test-brief-"


@dataclass(frozen=True, slots=True)
class Quotas:
    """What a node keeps of one author, by the author's standing with the node's owner (records, records a day)."""

    trusted: int = 1_000
    known: int = 60
    new: int = 5
    trusted_a_day: int = 50
    known_a_day: int = 20
    new_a_day: int = 5
    open_offers: int = 20
    proposals_a_day: int = 3


_HOUR_MS = 60 * 60 * 1000
_DAY_MS = 24 * _HOUR_MS


@dataclass(frozen=True, slots=True)
class Times:
    """What a network rules about time in contracts, in ms. What the parties may choose themselves is in the agreement,
    between `least` and `most` (reviewing a delivery: `least_review`, so that nobody is overrun)."""

    cure: int = 72 * _HOUR_MS
    """From a claim to its outcome: a long weekend to perform, or to show that one has."""
    grace: int = 3 * _DAY_MS
    """Between the day on which work is due and the day on which it can be claimed."""
    dormant: int = 60 * _DAY_MS
    """After the last deadline, when nobody has claimed anything: the milestone ends, and nobody bears a mark."""
    absence: int = 14 * _DAY_MS
    """Announced absence of one party in one contract, in all."""
    ping: int = 5 * _DAY_MS
    """To answer a ping."""
    ping_again: int = 7 * _DAY_MS
    """Between two pings of one party."""
    contest: int = 14 * _DAY_MS
    """After an end that one side brought about, for the other one to call the arbiter."""
    blind: int = 14 * _DAY_MS
    """After the end of a contract, to commit to a review."""
    least: int = _DAY_MS
    """The shortest window that parties may agree on: nobody sleeps through it."""
    least_review: int = 3 * _DAY_MS
    """The shortest window to review a delivery: a weekend is in it."""
    most: int = 60 * _DAY_MS
    """The longest window for anything but the work: nobody is held for ever."""
    receipts: int = 60_000
    """Between two receipts of one witness in one contract."""


@dataclass(frozen=True, slots=True)
class Network:
    """A name, its quotas and its times."""

    name: str
    quotas: Quotas
    times: Times = Times()


MAIN = Network(MAIN_NAME, Quotas())
_ROOMY = Quotas(100_000, 100_000, 10_000, 100_000, 100_000, 10_000, 10_000, 1_000)
_FREE = Times(least=1, least_review=1, most=365 * _DAY_MS, receipts=1_000)
_BRIEF = Times(
    cure=2_000, grace=500, dormant=600_000, absence=60_000, ping=2_000, ping_again=1_000, contest=600_000, blind=60_000,
    least=1, least_review=1, most=365 * _DAY_MS, receipts=100,
)  # fmt: skip


def network(name: str) -> Network:
    """The network of that name. Raises ValueError.

    Any name that begins with `test-` is a test network, with room for bulk data; on one that begins with
    `test-brief-` what the rules give in days takes seconds, so that a silent counterparty can be watched.
    """
    if name == MAIN_NAME:
        return MAIN
    if name.startswith(BRIEF_PREFIX):
        return Network(name, _ROOMY, _BRIEF)
    if name.startswith(TEST_PREFIX):
        return Network(name, _ROOMY, _FREE)
    raise ValueError(
        f"unknown network {name!r}: the network is {MAIN_NAME!r}, or a name that begins with {TEST_PREFIX!r}"
    )
