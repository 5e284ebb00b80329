"""The header of a record: public for ever, under the signature, small (specs/02-record.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from . import canonical, limits
from .errors import Malformed, Unsupported
from .identity import KEY_BYTES, IdentityId

if TYPE_CHECKING:
    from collections.abc import Callable

    from .canonical import Value

VERSION = 1
HASH_BYTES = 32
MAX_PART = 255

_KIND = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a record's header. Times are milliseconds since the epoch; `at` is the author's claim.

    Shapes: `by`, `key`, `body`, `context` (wire name `in`), `prev` and each of `seen` are 32 bytes; `slot` is at most
    64 bytes; `length` (wire name `len`) counts the body's bytes; `part` is a milestone's number in a contract.
    """

    network: str
    kind: str
    by: IdentityId
    key: bytes
    at: int
    body: bytes
    length: int
    context: bytes | None = None
    slot: bytes | None = None
    till: int | None = None
    part: int | None = None
    seq: int | None = None
    prev: bytes | None = None
    seen: tuple[bytes, ...] = ()


def read_header(data: bytes) -> Header:
    """Read header bytes. Unknown keys are left alone. Raises Malformed, or Unsupported for another version."""
    fields = canonical.decode(data, limits.HEADER_BYTES)
    if not isinstance(fields, dict):
        raise Malformed("a header is a map")
    if fields.get("v") != VERSION:
        if type(fields.get("v")) is int:
            raise Unsupported(f"record version {fields['v']}")
        raise Malformed("a header has a version, v")
    for name, holds in _REQUIRED.items():
        if name not in fields:
            raise Malformed(f"the header lacks {name}")
        _hold(name, fields[name], holds)
    for name, holds in _OPTIONAL.items():
        if name in fields:
            _hold(name, fields[name], holds)
    if (fields.get("seq", 0) == 0) != ("prev" not in fields):
        raise Malformed("prev is given exactly when seq is above zero")
    if "seq" in fields and "in" not in fields:
        raise Malformed("a chain (seq) needs a context (in)")
    return _build(fields)


def _hold(name: str, value: Value, holds: Callable[[Value], bool]) -> None:
    if not holds(value):
        raise Malformed(f"header field {name} has the wrong type, length or form")


def _hash(value: Value) -> bool:
    return type(value) is bytes and len(value) == HASH_BYTES


def _whole(value: Value) -> bool:
    return type(value) is int


def _seen(value: Value) -> bool:
    return type(value) is list and 0 < len(value) <= limits.SEEN_RECORDS and all(map(_hash, value))


def is_kind_name(value: Value) -> bool:
    """Whether this is `noun/version`, at most 64 bytes, e.g. `offer/1` or `org.example.portfolio/1`."""
    return type(value) is str and len(value) <= limits.KIND_BYTES and _KIND.fullmatch(value) is not None


def _network_name(value: Value) -> bool:
    return type(value) is str and re.fullmatch(r"[a-z0-9-]{1,32}", value) is not None


_REQUIRED: dict[str, Callable[[Value], bool]] = {
    "net": _network_name,
    "kind": is_kind_name,
    "by": _hash,
    "key": lambda value: type(value) is bytes and len(value) == KEY_BYTES,
    "at": _whole,
    "body": _hash,
    "len": lambda value: type(value) is int and value <= limits.BODY_BYTES,
}
_OPTIONAL: dict[str, Callable[[Value], bool]] = {
    "in": _hash,
    "slot": lambda value: type(value) is bytes and 0 < len(value) <= limits.SLOT_BYTES,
    "till": _whole,
    "part": lambda value: type(value) is int and value <= MAX_PART,
    "seq": lambda value: type(value) is int and value < limits.CONTRACT_ENTRIES,
    "prev": _hash,
    "seen": _seen,
}


def _build(fields: dict[str, Value]) -> Header:
    return Header(
        network=cast("str", fields["net"]),
        kind=cast("str", fields["kind"]),
        by=IdentityId(cast("bytes", fields["by"])),
        key=cast("bytes", fields["key"]),
        at=cast("int", fields["at"]),
        body=cast("bytes", fields["body"]),
        length=cast("int", fields["len"]),
        context=cast("bytes | None", fields.get("in")),
        slot=cast("bytes | None", fields.get("slot")),
        till=cast("int | None", fields.get("till")),
        part=cast("int | None", fields.get("part")),
        seq=cast("int | None", fields.get("seq")),
        prev=cast("bytes | None", fields.get("prev")),
        seen=tuple(cast("list[bytes]", fields.get("seen", []))),
    )
