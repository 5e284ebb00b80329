"""An export as JSON: an object with a list a section, written row by row. `complete` at its end says that all is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .port import Json


def write(head: Json, sections: Iterable[tuple[str, Iterator[Json | None]]]) -> Iterator[str]:
    """The text in pieces."""
    yield _json(head)[:-1]
    for name, rows in sections:
        yield f',\n"{name}":['
        between = "\n"
        for row in rows:
            yield "" if row is None else between + _json(row)
            between = between if row is None else ",\n"
        yield "]"
    yield ',\n"complete":true}\n'


def _json(value: Json) -> str:
    return msgspec.json.encode(value).decode()
