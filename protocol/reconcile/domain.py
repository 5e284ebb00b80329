"""What a node takes part in: which kinds, since when, by whom. Two nodes reconcile what they have in common of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Malformed
from ..keylog import INCEPTION
from .keys import ID_BYTES
from .messages import KINDS, PEOPLE, Narrow, Open

if TYPE_CHECKING:
    from ..header import Header


@dataclass(frozen=True, slots=True)
class Domain:
    """Empty `kinds` are all kinds, empty `people` everybody; `since` is in ms. Key logs count whatever the kinds and
    the time: without them nothing else can be judged."""

    kinds: frozenset[str] = frozenset()
    since: int = 0
    people: frozenset[bytes] = frozenset()
    nobody: bool = False
    """Two nodes that follow different people have nothing in common."""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == EVERYTHING

    def holds(self, header: Header) -> bool:
        """Whether a record belongs to it."""
        if self.nobody or (self.people and header.by not in self.people):
            return False
        if header.kind == INCEPTION.name:
            return True
        return header.at >= self.since and (not self.kinds or header.kind in self.kinds)

    def within(self, other: Domain) -> bool:
        """Whether all of it belongs to another."""
        return self.shared_with(other) == self

    def shared_with(self, other: Domain) -> Domain:
        """What two domains have in common."""
        kinds = self.kinds & other.kinds if self.kinds and other.kinds else self.kinds or other.kinds
        people = self.people & other.people if self.people and other.people else self.people or other.people
        apart = self.people and other.people and not people
        if self.kinds and other.kinds and not kinds:
            kinds = frozenset((INCEPTION.name,))
        nobody = self.nobody or other.nobody or bool(apart)
        return Domain(kinds, max(self.since, other.since), people, nobody)

    def told(self) -> tuple[tuple[str, ...], int, bytes]:
        """Its fields as a message has them."""
        return tuple(sorted(self.kinds)), self.since, b"".join(sorted(self.people))


EVERYTHING = Domain()


def domain_in(message: Open | Narrow) -> Domain:
    """The domain in a message. Raises Malformed if it is not written as one writes it."""
    names = message.people
    people = [names[at : at + ID_BYTES] for at in range(0, len(names), ID_BYTES)]
    if len(names) % ID_BYTES or people != sorted(set(people)) or list(message.kinds) != sorted(set(message.kinds)):
        raise Malformed("kinds and people of a domain ascend, each once")
    return Domain(frozenset(message.kinds), message.since, frozenset(people))


__all__ = ["EVERYTHING", "KINDS", "PEOPLE", "Domain", "domain_in"]
