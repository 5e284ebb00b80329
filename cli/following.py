"""Reading the node's stream of events: one connection after the other, until the reader has had enough."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, cast

from .errors import Trouble

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from .client import Client, Json

_AGAIN_S = 2.0
"""As long as the node itself tells browsers to wait."""
_EVENT_LETTERS = 64 * 1024


def follow(client: Client, topics: tuple[str, ...], since: int | None) -> Generator[Json]:
    """Events as they come; when the connection breaks it is made again, from where it broke. Raises Trouble when the
    node is gone for good: stopped, or refusing."""
    while True:
        try:
            for number, event in _events(client.lines("/events", {"topics": list(topics), "since": since})):
                since = number if number is not None else since
                if event is not None:
                    yield event
        except Trouble as trouble:
            if trouble.code != "connection-lost":
                raise
        time.sleep(_AGAIN_S)


def _events(lines: Iterable[str]) -> Generator[tuple[int | None, Json | None]]:
    """(number, event) of each block of a stream; a block without data only says where the reader is."""
    number, data = None, ""
    for line in lines:
        name, _, value = line.partition(": ")
        if not line:
            yield number, _read(data)
            number, data = None, ""
        elif name == "id" and value.isascii() and value.isdigit():
            number = int(value)
        elif name == "data":
            data = (data + value)[:_EVENT_LETTERS]


def _read(data: str) -> Json | None:
    try:
        found: object = json.loads(data) if data else None
    except ValueError as error:
        raise Trouble("bad-answer", f"the node's event could not be read: {error}", "see node.log") from error
    return cast("Json", found) if isinstance(found, dict) else None
