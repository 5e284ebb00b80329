"""A kind gives a record's body its meaning; a registry is the kinds one node knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import limits, schema, topics
from .envelope import Draft, Record
from .errors import Malformed, NotAllowed, Unsupported
from .header import Header, is_kind_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed import DataclassInstance

B = TypeVar("B", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Kind(Generic[B]):
    """A name for the wire, the shape of a body, and what makes one sensible.

    `check(body, header)` raises NotAllowed for a well-formed body that breaks the kind's rules, `place(header)` for a
    header that does, whatever the body: nodes that see no body apply that alone. Both are pure.
    `private`: the body travels sealed to the parties, only the header is gossiped.
    `direct`: not even the header is gossiped.
    """

    name: str
    body: type[B]
    check: Callable[[B, Header], None] = lambda _body, _header: None
    place: Callable[[Header], None] = lambda _header: None
    topic: str = topics.OTHER
    private: bool = False
    direct: bool = False
    max_bytes: int = limits.BODY_BYTES

    def dump(self, body: B) -> bytes:
        """The canonical bytes of a body. Raises Malformed for a field out of bounds or a body too long."""
        data = schema.dump(body)
        if len(data) > self.max_bytes:
            raise Malformed(f"the body has {len(data)} bytes, {self.name} allows {self.max_bytes}")
        return data

    def draft(self, body: B, at: int, **header: Any) -> Draft:  # noqa: ANN401
        """A draft of this kind at `at` ms; `header` gives the optional fields of `Draft`."""
        return Draft(self.name, at, self.dump(body), **header)

    def open(self, record: Record) -> B:
        """Read and check the body of a verified record. Raises Malformed or NotAllowed."""
        name = id(record)
        before = _opened.get(name) or _opened_before.get(name)
        if before is not None and before[0] is self and before[1] is record:
            return before[2]
        body = self._read(record)
        if len(_opened) >= _OPENED:
            _opened_before.clear()
            _opened_before.update(_opened)
            _opened.clear()
        _opened[name] = (self, record, body)
        return body

    def _read(self, record: Record) -> B:
        if record.header.kind != self.name:
            raise Malformed(f"{record.header.kind} is not {self.name}")
        if record.body is None:
            raise Malformed(f"the body of this {self.name} is not here")
        self.place(record.header)
        body = schema.load(self.body, record.body, self.max_bytes)
        self.check(body, record.header)
        return body


AnyKind = Kind[Any]


def check_lasting(header: Header) -> None:
    """Raise NotAllowed for a record that could be replaced or expire: what others build on has no slot and no till."""
    if header.slot is not None or header.till is not None:
        raise NotAllowed(f"{header.kind} stays for ever: it has neither slot nor till")


_OPENED = 256
_opened: dict[int, tuple[AnyKind, Record, Any]] = {}
_opened_before: dict[int, tuple[AnyKind, Record, Any]] = {}
"""The last bodies that were opened: a record that arrives is opened with its batch, by whoever judges it and by whoever
keeps it. The entry holds the record, so its `id()` is nobody else's."""


class Registry:
    """The kinds a node understands, by name. Two definitions of one name are an error."""

    def __init__(self, kinds: Iterable[AnyKind]) -> None:
        self._kinds: dict[str, AnyKind] = {}
        for kind in kinds:
            if not is_kind_name(kind.name):
                raise ValueError(f"kind name {kind.name!r} is not of the form noun/version")
            if kind.name in self._kinds:
                raise ValueError(f"kind {kind.name} is defined twice")
            self._kinds[kind.name] = kind

    def __getitem__(self, name: str) -> AnyKind:
        """The kind of that name. Raises Unsupported."""
        try:
            return self._kinds[name]
        except KeyError:
            raise Unsupported(f"kind {name} is not known here") from None

    def find(self, name: str) -> AnyKind | None:
        """The kind of that name, if this node knows it."""
        return self._kinds.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def __iter__(self) -> Iterator[AnyKind]:
        return iter(self._kinds.values())

    def topic(self, kind_name: str) -> str:
        """The topic on which records of that kind are gossiped; unknown kinds have one of their own."""
        kind = self._kinds.get(kind_name)
        return topics.OTHER if kind is None else kind.topic
