"""The owner's own triage over the proposals that the owner received: folded with the reason, never dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.kinds.offer import OFFER

from . import intake
from .ports import Submission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import RecordId

    from .desk import Desk
    from .ports import Remark
    from .proposing import Letter


BLOCKED = "you have blocked its author"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is to be known of a received proposal: why it is folded (None: it is not), and remarks."""

    folded: str | None
    remarks: tuple[Remark, ...]


def look(desk: Desk, letters: Sequence[Letter]) -> dict[RecordId, Looked]:
    """Everything received, by its id; `letters` are the newest first, as `proposing.received` has them."""
    remarks = {letter.record.id: () for letter in letters} | _remarks(desk, letters)
    return {letter.record.id: _looked(desk, letter, remarks[letter.record.id]) for letter in letters}


def _looked(desk: Desk, letter: Letter, remarks: tuple[Remark, ...]) -> Looked:
    if letter.record.author in desk.stores.contacts.blocked():
        return Looked(BLOCKED, remarks)
    folded = intake.folded(desk, letter) or next((remark.words for remark in remarks if remark.fold), None)
    return Looked(folded, remarks)


def _remarks(desk: Desk, letters: Sequence[Letter]) -> dict[RecordId, tuple[Remark, ...]]:
    if desk.triage is None:
        return {}
    briefs: dict[bytes, str] = {}
    in_order = [_submission(desk, letter, briefs) for letter in reversed(letters)]
    return {one.id: remarks for one, remarks in zip(in_order, desk.triage.look(in_order), strict=True)}


def _submission(desk: Desk, letter: Letter, briefs: dict[bytes, str]) -> Submission:
    place = letter.record.header.context or b""
    if place not in briefs:
        briefs[place] = _brief(desk, place)
    body = letter.proposal
    return Submission(letter.record.id, letter.record.author, place, briefs[place], body.cover, body.answers)


def _brief(desk: Desk, place: bytes) -> str:
    record = desk.stores.records.fills(place)
    if record is None or record.header.kind != OFFER.name:
        return ""
    offer = OFFER.open(record)
    return " ".join((offer.title, offer.description, *offer.skills))
