"""What travels in a conversation: canonical maps with an `op`, one a frame (specs/10-reconciliation.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from .. import canonical, limits, schema
from ..errors import Malformed, Unsupported
from ..schema import Items, Raw, Text, Whole
from .keys import ID_BYTES, SUM_BYTES
from .ranges import SPANS_BYTES
from .sketch import CELL_BYTES, CELLS, PREFIX_BYTES

FRAME_BYTES = 64 * 1024
ASKED = 2048
"""Names in one message."""
KINDS, PEOPLE = 64, 256
"""In a domain."""
CELLS_CAP = "cells/1"
"""The capability to compare sketches."""
_NAMES = Raw(most=ASKED * PREFIX_BYTES)


@dataclass(frozen=True)
class Open:
    """Let us compare what we have of this domain; I have `n` keys with this sum."""

    kinds: Annotated[tuple[Annotated[str, Text(limits.KIND_BYTES)], ...], Items(KINDS)]
    since: Annotated[int, Whole()]
    people: Annotated[bytes, Raw(most=PEOPLE * ID_BYTES)]
    n: Annotated[int, Whole()]
    sum: Annotated[bytes, Raw(SUM_BYTES)]
    nonce: Annotated[bytes, Raw(8)]
    caps: Annotated[tuple[Annotated[str, Text(32)], ...], Items(16)]


@dataclass(frozen=True)
class Same:
    """I have exactly that."""


@dataclass(frozen=True)
class Narrow:
    """I take part in this only: open again with what we have in common."""

    kinds: Annotated[tuple[Annotated[str, Text(limits.KIND_BYTES)], ...], Items(KINDS)]
    since: Annotated[int, Whole()]
    people: Annotated[bytes, Raw(most=PEOPLE * ID_BYTES)]


@dataclass(frozen=True)
class Later:
    """Not now: I am busy, or with you in another conversation."""


@dataclass(frozen=True)
class Cells:
    """My sketch from cell `first` on; I have `n` keys."""

    n: Annotated[int, Whole()]
    first: Annotated[int, Whole(most=CELLS)]
    cells: Annotated[bytes, Raw(most=CELLS * CELL_BYTES)]


@dataclass(frozen=True)
class More:
    """Go on with your sketch, up to cell `upto`."""

    upto: Annotated[int, Whole(most=CELLS)]


@dataclass(frozen=True)
class Ranges:
    """What I have in these ranges; I have `n` keys in all."""

    n: Annotated[int, Whole()]
    spans: Annotated[bytes, Raw(most=SPANS_BYTES + 8 * 1024)]


@dataclass(frozen=True)
class Ask:
    """Give me the records whose ids begin with these 8 bytes each."""

    names: Annotated[bytes, _NAMES]


@dataclass(frozen=True)
class Give:
    """Records, packed and compressed."""

    block: Annotated[bytes, Raw(most=FRAME_BYTES - 64)]


@dataclass(frozen=True)
class Gone:
    """I do not have these (any more); without names: I give no more this time."""

    names: Annotated[bytes, _NAMES]


@dataclass(frozen=True)
class Credit:
    """I have taken your blocks, send so many more; 0: I take no more this time."""

    blocks: Annotated[int, Whole(most=2)]


@dataclass(frozen=True)
class Done:
    """I have nothing more to say; I have `n` keys with this sum now."""

    n: Annotated[int, Whole()]
    sum: Annotated[bytes, Raw(SUM_BYTES)]


Message: TypeAlias = Open | Same | Narrow | Later | Cells | More | Ranges | Ask | Give | Gone | Credit | Done
_OPS: dict[str, type[Any]] = {
    cls.__name__.lower(): cls for cls in (Open, Same, Narrow, Later, Cells, More, Ranges, Ask, Give, Gone, Credit, Done)
}


def write(message: Message) -> bytes:
    """Encode a message. Raises Malformed if a field is out of bounds."""
    return canonical.encode({"op": type(message).__name__.lower(), **schema.to_map(message)})


def read(data: bytes) -> Message:
    """Decode a message of at most 64 KiB. Raises Malformed, or Unsupported for an unknown `op`."""
    fields = canonical.decode(data, FRAME_BYTES)
    if not isinstance(fields, dict) or type(fields.get("op")) is not str:
        raise Malformed("a message is a map with an op")
    cls = _OPS.get(str(fields["op"]))
    if cls is None:
        raise Unsupported(f"message {fields['op']!r} is not known here")
    return schema.from_map(cls, fields)


def names_in(data: bytes) -> list[bytes]:
    """The 8-byte names in a message. Raises Malformed."""
    if len(data) % PREFIX_BYTES:
        raise Malformed("names have 8 bytes each")
    return [data[at : at + PREFIX_BYTES] for at in range(0, len(data), PREFIX_BYTES)]
