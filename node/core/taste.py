"""What the owner wants to read first of what is proposed: the settings of node/core/tasting.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taste:
    """`stamp`: bits that strangers' proposals are to have (0: any). `languages`: tags of those that the owner reads
    (none: all). `copies`: near copies are folded. `short`: the least number of characters of a cover."""

    stamp: int = 0
    languages: tuple[str, ...] = ()
    copies: bool = True
    short: int = 0
