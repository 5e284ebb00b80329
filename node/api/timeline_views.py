"""What was done in a contract: entries that counted, what followed from silence, marks, and evidence beside them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from freehold.protocol import text
from freehold.protocol.contract import ARBITER
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.notes import NOTE, Note
from freehold.protocol.kinds.payments import PaymentSent

from ..core import dealings

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record
    from freehold.protocol.fold.progress import Contract, Mark, Step

    from .port import Json
    from .views import Views


def timeline(views: Views, found: Contract) -> list[Json]:
    """Every step, in the order in which they count. `words`: the note that the entry names, where it is here."""
    return [_step(views, found, step) for step in found.steps]


def mark(views: Views, found: Contract, held: Mark) -> Json:
    """What the records hold against somebody."""
    return {
        "on": text.show(held.on, text.IDENTITY) if held.on else None,
        "on_name": views.name(held.on) if held.on else None,
        "on_label": views.label(held.on) if held.on else None,
        "role": held.role,
        "what": held.what,
        "part": None if held.part is None else held.part + 1,
        "because": [text.show(name, text.RECORD) for name in held.because],
        "at": held.at,
        "witnessed": held.witnessed,
    }


def evidence(views: Views, found: Contract) -> list[Json]:
    """Words that no entry names: what was handed in about the contract."""
    notes = [r for r in views.desk.stores.records.in_context(found.id) if r.header.kind == NOTE.name]
    named = {getattr(body, "note", None) for body in (_body(views, step.entry) for step in found.steps)}
    beside = [(record, _note(record)) for record in notes if record.header.body not in named]
    shown = [_words(record, note) for record, note in beside if note is not None and note.terms is None]
    return sorted(shown, key=lambda words: (words["at"], words["record"]))


def words_in_json(note: Note | None) -> Json | None:
    """What a note says, without terms."""
    if note is None:
        return None
    return {"text": note.text, "files": [dataclasses.asdict(file, dict_factory=_in_json) for file in note.files]}


def _words(record: Record, note: Note) -> Json:
    return {
        "record": text.show(record.id, text.RECORD),
        "by": text.show(record.author, text.IDENTITY),
        "at": record.header.at,
        **(words_in_json(note) or {}),
    }


def _note(record: Record) -> Note | None:
    try:
        return None if record.body is None else NOTE.open(record)
    except ProtocolError:
        return None


def _step(views: Views, found: Contract, step: Step) -> Json:
    entry, body = step.entry, _body(views, step.entry)
    words = dealings.words_of(views.desk, found.id, getattr(body, "note", None) if _is_named(body) else None)
    return {
        "record": text.show(entry.id, text.RECORD),
        "kind": entry.header.kind,
        **views.people("by", entry.author),
        "role": found.agreement.role(entry.author) or ARBITER,
        "part": None if step.part is None else step.part + 1,
        "at": step.at.ms,
        "witnessed": step.at.witnessed,
        "stated": entry.header.at,
        "derived": step.derived,
        "state": step.state or None,
        "body": None if body is None else dataclasses.asdict(body, dict_factory=_in_json),
        "body_here": body is not None,
        "words": words_in_json(words),
        "says": _says(views, found, body),
    }


def _says(views: Views, found: Contract, body: Any) -> str | None:  # noqa: ANN401
    """A payment in the words of its rail, if that is known here."""
    rail = views.desk.rails.get(found.agreement.rail)
    return rail.describe(body) if rail is not None and isinstance(body, PaymentSent) else None


def _is_named(body: object) -> bool:
    return isinstance(getattr(body, "note", None), bytes)


def _body(views: Views, entry: Record) -> Any:  # noqa: ANN401
    if entry.body is None:
        return None
    try:
        return views.desk.registry[entry.header.kind].open(entry)
    except ProtocolError:
        return None  # its header counts all the same: only the parties' own nodes could check what it says


def _in_json(fields: list[tuple[str, Any]]) -> Json:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in fields}
