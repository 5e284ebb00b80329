"""The owner's own triage over the proposals that the owner received: folded with the reason, never dropped.

Three sources of reasons, in this order: what the owner's offer asks (intake), the reader's own rules (tasting), and
what the triage policy finds (near copies).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.kinds.offer import OFFER

from . import intake, tasting
from .ports import Submission
from .tongues import tongue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import RecordId

    from .desk import Desk
    from .ports import Remark
    from .proposing import Letter

BLOCKS, OFFER_RULES, COPY = "blocked", "offer", "near-copy"
BLOCKED = "you have blocked its author"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is to be known of a received proposal: why it is folded (None: it is not), remarks, by which rule it is,
    the bits of its stamp (0: none), the language that it seems to be in (None: not clear)."""

    folded: str | None
    remarks: tuple[Remark, ...]
    rule: str | None = None
    stamp: int = 0
    language: str | None = None


def look(desk: Desk, letters: Sequence[Letter]) -> dict[RecordId, Looked]:
    """Everything received, by its id; `letters` are the newest first, as `proposing.received` has them."""
    remarks = {letter.record.id: () for letter in letters} | _remarks(desk, letters)
    stamps = desk.stores.stamps.of(remarks)
    return {
        letter.record.id: _looked(desk, letter, remarks[letter.record.id], stamps.get(letter.record.id, 0))
        for letter in letters
    }


def _looked(desk: Desk, letter: Letter, remarks: tuple[Remark, ...], stamp: int) -> Looked:
    language = _language(desk, letter)
    rule, folded = _folded(desk, letter, remarks, stamp, language) or (None, None)
    return Looked(folded, remarks, rule, stamp, language)


def _folded(
    desk: Desk, letter: Letter, remarks: tuple[Remark, ...], stamp: int, language: str | None
) -> tuple[str, str] | None:
    if letter.record.author in desk.stores.contacts.blocked():
        return BLOCKS, BLOCKED
    if reason := intake.folded(desk, letter):
        return OFFER_RULES, reason
    if found := tasting.against(desk, letter, stamp, language):
        return found
    found = (remark for remark in remarks if remark.fold and (remark.what != COPY or desk.taste.copies))
    return next(((remark.what, remark.words) for remark in found), None)


def _language(desk: Desk, letter: Letter) -> str | None:
    known = desk.tongues.get(letter.record.id, "")
    if known == "":
        if len(desk.tongues) >= _TONGUES:
            desk.tongues.clear()
        body = letter.proposal
        known = desk.tongues[letter.record.id] = tongue(" ".join((body.cover, *body.answers)))
    return known


_TONGUES = 1_000
"""Proposals whose language is remembered: as many as are listed, five times over."""


def _remarks(desk: Desk, letters: Sequence[Letter]) -> dict[RecordId, tuple[Remark, ...]]:
    if desk.triage is None:
        return {}
    briefs: dict[bytes, str] = {}
    in_order = [_submission(desk, letter, briefs) for letter in reversed(letters)]
    if desk.remarks is None or desk.remarks[0] != in_order:
        desk.remarks = (in_order, desk.triage.look(in_order))
    return {one.id: remarks for one, remarks in zip(in_order, desk.remarks[1], strict=True)}


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
