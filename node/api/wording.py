"""The exact content of records, for a person who is about to sign them: every field of every body, nothing left out."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from freehold.protocol import text
from freehold.protocol.kinds import worth
from freehold.protocol.kinds.agreement import AGREEMENT, Agreement, Milestone, Windows
from freehold.protocol.kinds.changes import CONSENT, OBJECTION
from freehold.protocol.kinds.offer import Budget
from freehold.protocol.kinds.proposal import DECLINE, PROPOSAL, WITHDRAWAL, Proposal
from freehold.protocol.kinds.values import Money
from freehold.protocol.money import show_money

from ..core import dealings
from ..core.rehearsing import signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from freehold.protocol.envelope import Record

    from ..core.desk import Desk

_PEOPLE = frozenset(("client", "freelancer", "arbiters", "witnesses", "subject", "to"))
_RECORDS = frozenset(("obligation", "of"))
_TIMES = frozenset(("since", "until", "begins"))
_ANSWERS = (CONSENT.name, OBJECTION.name)
_DAY_MS = 24 * 60 * 60 * 1000
Line = tuple[str, str]


def text_of(desk: Desk, records: Sequence[Record]) -> str:
    """All records that one act signs, each as its fields and the hash of its body."""
    inside = [one for record in records for one in signed_in(record)]
    blocks = [
        block([*_header(record), *_body(desk, record), ("sha256", record.header.body.hex())]) for record in inside
    ]
    blocks += [_terms(desk, record) for record in records if record.header.kind == AGREEMENT.name]
    return "\n\n".join(filter(None, blocks))


def _terms(desk: Desk, record: Record) -> str:
    """The private terms behind the hash in an agreement that is signed second; the first comes with its proposal."""
    agreement = AGREEMENT.open(record)
    terms = dealings.terms_behind(desk, agreement, agreement.terms)
    if terms is None:
        return ""
    return block([*_fields(terms, "terms.", AGREEMENT.name), ("sha256", agreement.terms.hex())])


def block(lines: Sequence[Line]) -> str:
    """One record's fields as text."""
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name.ljust(width)}  {_indented(value, width)}" for name, value in lines)


def _indented(value: str, width: int) -> str:
    """Further lines of a text are marked, so that none looks like a field."""
    return value.replace("\n", "\n" + " " * width + "  | ")


def _header(record: Record) -> Iterator[Line]:
    header = record.header
    yield "kind", header.kind
    if header.context is not None and header.kind in (DECLINE.name, WITHDRAWAL.name):
        yield "proposal", text.show(header.context, text.RECORD)
    elif header.context is not None and header.kind != PROPOSAL.name:
        yield "contract", text.show(header.context, text.CONTRACT)
    if header.part is not None:
        yield "milestone", str(header.part + 1)
    if header.till is not None:
        yield "expires", _time(header.till)


def _body(desk: Desk, record: Record) -> Iterator[Line]:
    kind = desk.registry[record.header.kind]
    yield from _fields(kind.open(record), "", record.header.kind)


def _fields(body: Any, before: str, kind: str) -> Iterator[Line]:  # noqa: ANN401
    for field in dataclasses.fields(body):
        value = getattr(body, field.name)
        if value is None or (isinstance(body, Proposal) and field.name == "agreement"):
            continue  # what is absent is not signed; the agreement inside has a block of its own
        yield from _field(body, field.name, value, before + field.name, kind)


def _field(body: object, name: str, value: object, label: str, kind: str) -> Iterator[Line]:
    if isinstance(value, Money):
        yield label, show_money(value.amount, value.unit)
    elif dataclasses.is_dataclass(value):
        yield from _fields(value, label + ".", kind)
    elif isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        if not items:
            yield label, "(none)"
        for number, item in enumerate(items, 1):
            yield from _field(body, name, item, f"{label}.{number}", kind)
    else:
        yield label, _value(body, name, value, kind)


def _value(body: object, name: str, value: object, kind: str) -> str:
    match value:
        case bytes():
            return _name(name, value, kind)
        case bool():
            return "yes" if value else "no"
        case int() if isinstance(body, Milestone | Windows):
            return _span(value)
        case int() if isinstance(body, Agreement) and name == "band":
            return f"{value} ({worth.in_words(value)})"
        case int() if isinstance(body, Budget):
            return f"{value} ({show_money(value, body.unit)})"
        case int() if name in _TIMES:
            return _time(value)
        case "":
            return "(empty)"
        case _:
            return str(value)


def _name(name: str, value: bytes, kind: str) -> str:
    if len(value) != 32:  # noqa: PLR2004  -- not a name
        return value.hex()
    if name in _RECORDS or (name == "to" and kind in _ANSWERS):
        return text.show(value, text.RECORD)
    if name in _PEOPLE:
        return text.show(value, text.IDENTITY)
    if name == "offer":
        return text.show(value, text.RECORD if kind.startswith("proposal/") else text.OFFER)
    return value.hex()


def _span(ms: int) -> str:
    days = ms / _DAY_MS
    return f"{ms} ms ({days:g} day{'' if days == 1 else 's'})"


def _time(ms: int) -> str:
    try:
        shown = datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        shown = "in a year beyond the calendar"
    return f"{ms} ms ({shown})"
