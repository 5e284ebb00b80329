"""org.example.portfolio/1: a piece of work to show, in the words of whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from freehold.protocol.errors import NotAllowed
from freehold.protocol.kind import Kind
from freehold.protocol.schema import Items, Text, Whole

if TYPE_CHECKING:
    from freehold.protocol.header import Header

SLOT_BYTES = 16


@dataclass(frozen=True)
class Portfolio:
    """A title, the year (CE) in which it was made, and where it can be seen."""

    title: Annotated[str, Text(80)]
    year: Annotated[int, Whole(least=1900, most=2200)]
    links: Annotated[tuple[Annotated[str, Text(200)], ...], Items(5)] = ()


def _check(body: Portfolio, header: Header) -> None:
    if header.slot is None or len(header.slot) != SLOT_BYTES:
        raise NotAllowed(f"a piece of work fills a slot of {SLOT_BYTES} bytes")
    if not all(link.startswith("https://") for link in body.links):
        raise NotAllowed("a link begins with https://")


PORTFOLIO = Kind("org.example.portfolio/1", Portfolio, _check, max_bytes=2048)
