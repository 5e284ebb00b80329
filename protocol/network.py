"""A network: its name, which is signed into every record, and the bounds its nodes keep.

Test networks have other names, so their records can never cross into the real one.
"""

from __future__ import annotations

from dataclasses import dataclass

MAIN_NAME = "freehold"
TEST_PREFIX = "test-"


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


@dataclass(frozen=True, slots=True)
class Network:
    """A name and its quotas."""

    name: str
    quotas: Quotas


MAIN = Network(MAIN_NAME, Quotas())
_ROOMY = Quotas(100_000, 100_000, 10_000, 100_000, 100_000, 10_000, 10_000, 1_000)


def network(name: str) -> Network:
    """The network of that name. Any name that begins with `test-` is a test network, with room for bulk data."""
    if name == MAIN_NAME:
        return MAIN
    if name.startswith(TEST_PREFIX):
        return Network(name, _ROOMY)
    raise ValueError(
        f"unknown network {name!r}: the network is {MAIN_NAME!r}, or a name that begins with {TEST_PREFIX!r}"
    )
