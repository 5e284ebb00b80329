"""The header of a record: public for ever, under the signature, small (specs/02-record.md)."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from . import canonical, limits
from .errors import Malformed, Unsupported
from .identity import KEY_BYTES, IdentityId

if TYPE_CHECKING:
    from collections.abc import Callable

    from .canonical import Value

VERSION = 1
HASH_BYTES = 32
MAX_PART = 255

_KIND = re.compile(rf"(?=.{{3,{limits.KIND_BYTES}}}\Z)[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[1-9][0-9]{{0,3}}")
_NETWORK = re.compile(r"[a-z0-9-]{1,32}")


_Hash = Annotated[bytes, msgspec.Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]
_Key = Annotated[bytes, msgspec.Meta(min_length=KEY_BYTES, max_length=KEY_BYTES)]
_Time = Annotated[int, msgspec.Meta(ge=0, le=limits.MAX_INTEGER)]


class Header(
    msgspec.Struct,
    frozen=True,
    gc=False,
    kw_only=True,
    omit_defaults=True,
    rename={"context": "in", "length": "len", "network": "net"},
):
    """The fields of a record's header, in the order of the wire. Times are milliseconds since the epoch; `at` is the
    author's claim.

    Shapes: `by`, `key`, `body`, `context` (wire name `in`), `prev` and each of `seen` are 32 bytes; `slot` is at most
    64 bytes; `length` (wire name `len`) counts the body's bytes; `part` is a milestone's number in a contract.
    """

    at: _Time
    body: _Hash
    by: Annotated[IdentityId, msgspec.Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]
    context: _Hash | None = None
    key: _Key
    kind: str
    length: Annotated[int, msgspec.Meta(ge=0, le=limits.BODY_BYTES)]
    network: str
    part: Annotated[int, msgspec.Meta(ge=0, le=MAX_PART)] | None = None
    prev: _Hash | None = None
    seen: Annotated[tuple[_Hash, ...], msgspec.Meta(min_length=1, max_length=limits.SEEN_RECORDS)] = ()
    seq: Annotated[int, msgspec.Meta(ge=0, lt=limits.CONTRACT_ENTRIES)] | None = None
    slot: Annotated[bytes, msgspec.Meta(min_length=1, max_length=limits.SLOT_BYTES)] | None = None
    till: _Time | None = None
    v: Literal[1] = msgspec.field(default_factory=lambda: VERSION)
    """Always there, so it is no default that is left out."""


def read_header(data: bytes) -> Header:
    """Read header bytes. Unknown keys are left alone. Raises Malformed, or Unsupported for another version."""
    usual = _read_usual(data)
    return _read_any(data) if usual is None else usual


def _read_any(data: bytes) -> Header:
    fields = canonical.decode(data, limits.HEADER_BYTES)
    if not isinstance(fields, dict):
        raise Malformed("a header is a map")
    _check_version(fields.get("v"))
    for name in _REQUIRED:
        if name not in fields:
            raise Malformed(f"the header lacks {name}")
    for name, value in fields.items():
        if name in _HOLDS and not _HOLDS[name](value):
            raise Malformed(f"header field {name} has the wrong type, length or form")
    if (fields.get("seq", 0) == 0) != ("prev" not in fields):
        raise Malformed("prev is given exactly when seq is above zero")
    if "seq" in fields and "in" not in fields:
        raise Malformed("a chain (seq) needs a context (in)")
    return _build(fields)


def _check_version(version: Value) -> None:
    if type(version) is not int:
        raise Malformed("a header has a version, v")
    if version != VERSION:
        raise Unsupported(f"record version {version}")


def _hash(value: Value) -> bool:
    return type(value) is bytes and len(value) == HASH_BYTES


def _whole(value: Value) -> bool:
    return type(value) is int


def _seen(value: Value) -> bool:
    return type(value) is list and 0 < len(value) <= limits.SEEN_RECORDS and all(map(_hash, value))


def is_kind_name(value: Value) -> bool:
    """Whether this is `noun/version`, at most 64 bytes, e.g. `offer/1` or `org.example.portfolio/1`."""
    return type(value) is str and _spells(_KIND, value)


def _network_name(value: Value) -> bool:
    return type(value) is str and _spells(_NETWORK, value)


@functools.lru_cache(maxsize=256)
def _spells(form: re.Pattern[str], name: str) -> bool:
    """Whether a name has a form; the few names of a network come again and again."""
    return form.fullmatch(name) is not None


_HOLDS: dict[str, Callable[[Value], bool]] = {
    "net": _network_name,
    "kind": is_kind_name,
    "by": _hash,
    "key": lambda value: type(value) is bytes and len(value) == KEY_BYTES,
    "at": _whole,
    "body": _hash,
    "len": lambda value: type(value) is int and value <= limits.BODY_BYTES,
    "in": _hash,
    "slot": lambda value: type(value) is bytes and 0 < len(value) <= limits.SLOT_BYTES,
    "till": _whole,
    "part": lambda value: type(value) is int and value <= MAX_PART,
    "seq": lambda value: type(value) is int and value < limits.CONTRACT_ENTRIES,
    "prev": _hash,
    "seen": _seen,
}
_REQUIRED = ("net", "kind", "by", "key", "at", "body", "len")


def _build(fields: dict[str, Any]) -> Header:
    """Every field of `fields` is checked."""
    known: dict[str, Any] = {_NAMES[name]: value for name, value in fields.items() if name in _NAMES}
    known["seen"] = tuple(fields.get("seen", ()))
    return Header(**known)


_NAMES = dict(zip(Header.__struct_encode_fields__, Header.__struct_fields__, strict=True))
"""Fields by their names on the wire."""
_DECODE_USUAL = msgspec.msgpack.Decoder(Header).decode
_ENCODE_USUAL = msgspec.msgpack.Encoder().encode


def _read_usual(data: bytes) -> Header | None:
    """The header, if it is a usual one; None leaves it to `_read_any`, which also tells what is wrong.

    Fields of the right types that encode to the same bytes are their canonical encoding, so no walk is needed.
    """
    if len(data) > limits.HEADER_BYTES:
        return None
    try:
        read = _DECODE_USUAL(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if _ENCODE_USUAL(read) != data or not _spells(_KIND, read.kind) or not _spells(_NETWORK, read.network):
        return None
    if (not read.seq) != (read.prev is None) or (read.seq is not None and read.context is None):
        return None
    return read
