"""note/1: words about an entry of a contract, signed, sealed to the parties and arbiters, never gossiped.

Whoever receives one may show it to an arbiter: it says the same to everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from ..errors import NotAllowed
from ..kind import Kind, check_lasting
from ..schema import Items
from .agreement import Terms
from .entries import Handover
from .entry import Words

if TYPE_CHECKING:
    from ..header import Header


@dataclass(frozen=True)
class Note:
    """What an entry that names this note's hash says in private; or, without such an entry, evidence in a dispute.

    `terms`: the new terms, of an amendment.
    """

    text: Words
    terms: Terms | None = None
    files: Annotated[tuple[Handover, ...], Items(20)] = ()


def _beside_chains(header: Header) -> None:
    if header.context is None or header.seq is not None:
        raise NotAllowed("a note names its contract (in) and stands in no chain")
    check_lasting(header)


NOTE = Kind("note/1", Note, place=_beside_chains, direct=True)
