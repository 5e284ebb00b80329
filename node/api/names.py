"""Names that people type: the whole text form, or a beginning of it that is unique here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.errors import Malformed

from ..core.desk import Denied

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.desk import Desk

LEAST_LETTERS = 8
"""After the `1`: 40 bits, so that a guess rarely fits."""
_CANDIDATES = 3


def identity(desk: Desk, typed: str) -> bytes:
    """The identity meant. Raises Denied: `bad-name`, `not-found`, `ambiguous-name`."""
    return _resolve(typed, text.IDENTITY, desk.stores.records.identities_like)


def offer(desk: Desk, typed: str) -> bytes:
    """The offer's place meant. Raises Denied as `identity`."""
    records = desk.stores.records
    return _resolve(typed, text.OFFER, lambda start, limit: records.names_like("place", start, limit))


def contract(desk: Desk, typed: str) -> bytes:
    """The contract meant. Raises Denied as `identity`."""
    records = desk.stores.records
    return _resolve(typed, text.CONTRACT, lambda start, limit: records.names_like("contract", start, limit))


def record(desk: Desk, typed: str) -> bytes:
    """The record meant. Raises Denied as `identity`."""
    records = desk.stores.records
    return _resolve(typed, text.RECORD, lambda start, limit: records.names_like("record", start, limit))


def _resolve(typed: str, prefix: str, like: Callable[[bytes, int], list[bytes]]) -> bytes:
    typed = typed.strip()
    try:
        return text.parse(typed, prefix)
    except Malformed as error:
        reason = str(error)
    try:
        start = text.beginning(typed, prefix)
    except Malformed:
        raise Denied("bad-name", f"{typed[:80]!r} is not a name of that sort: {reason}", _hint(prefix)) from None
    if len(typed) - len(prefix) - 1 < LEAST_LETTERS:
        raise Denied("bad-name", f"{typed!r} is too short to be sure of", _hint(prefix))
    found = [name for name in like(start, _CANDIDATES) if text.show(name, prefix).startswith(typed.lower())]
    if not found:
        raise Denied(
            "not-found", f"nothing known here is named {typed}", "check the name, or wait for the node to catch up"
        )
    if len(found) > 1:
        raise Denied("ambiguous-name", f"several names here begin with {typed}", "type more of it")
    return found[0]


def _hint(prefix: str) -> str:
    return f"it begins with {prefix}1 and is copied whole, or at least {LEAST_LETTERS} characters after the 1"
