"""Where an entry stands in a contract: what its header must say, whatever its body. Needs no body, so that nodes which
see headers only apply the same rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from .. import limits
from ..errors import NotAllowed
from ..kind import check_lasting
from ..schema import Items, Text

if TYPE_CHECKING:
    from ..header import Header

ClauseId = Annotated[str, Text(16)]
ClauseIds = Annotated[tuple[ClauseId, ...], Items(50)]
Words = Annotated[str, Text(4000, least=0, lines=True)]


def in_milestone(header: Header) -> None:
    """Raise NotAllowed unless this is a party's entry about one milestone."""
    _in_chain(header)
    if header.part is None or header.part >= limits.MILESTONES:
        raise NotAllowed("this entry names its milestone (part)")
    if not header.seq:
        raise NotAllowed("a party's entries follow its signature: seq is 1 or more")


def in_contract(header: Header) -> None:
    """Raise NotAllowed unless this is a party's entry about the whole contract."""
    _in_chain(header)
    if header.part is not None:
        raise NotAllowed("this entry is about the whole contract: it names no milestone (part)")
    if not header.seq:
        raise NotAllowed("a party's entries follow its signature: seq is 1 or more")


def in_either(header: Header) -> None:
    """Raise NotAllowed unless this is a party's entry about one milestone or about the whole contract."""
    (in_contract if header.part is None else in_milestone)(header)


def in_case(header: Header) -> None:
    """Raise NotAllowed unless this is an arbiter's entry about one milestone; an arbiter's chain begins with seq 0."""
    _in_chain(header)
    if header.part is None or header.part >= limits.MILESTONES:
        raise NotAllowed("this entry names the milestone in dispute (part)")


def check_clauses(clauses: tuple[str, ...]) -> None:
    """Raise NotAllowed if a clause is named twice."""
    if len(set(clauses)) != len(clauses):
        raise NotAllowed("a clause is named twice")


def _in_chain(header: Header) -> None:
    if header.context is None or header.seq is None:
        raise NotAllowed("a contract entry names its contract (in) and its place in the chain (seq, prev)")
    check_lasting(header)
