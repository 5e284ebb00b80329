"""The kinds of records that this node understands, its plugins' among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.shapes import fields_of, parts_of, said_of, travels

from .bodies.given import Nothing
from .callers import Scope
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from freehold.protocol.kind import AnyKind

    from .port import Json


async def kinds(call: Call[Nothing]) -> Json:
    """Each kind with the fields of its body, and of the maps in it."""
    return {"kinds": [_kind(kind) for kind in sorted(call.office.desk.registry, key=lambda kind: kind.name)]}


def _kind(kind: AnyKind) -> Json:
    return {
        "name": kind.name,
        "about": said_of(kind.body),
        "travels": travels(kind),
        "topic": None if kind.direct else kind.topic,
        "largest_body": kind.max_bytes,
        "fields": _fields(kind.body),
        "maps": {part.__name__: _fields(part) for part in parts_of(kind.body)},
    }


def _fields(body: type[DataclassInstance]) -> list[Json]:
    return [{"name": name, "holds": holds} for name, holds in fields_of(body)]


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/kinds", Nothing, kinds, "The kinds of records that this node understands", Scope.READ),
)
