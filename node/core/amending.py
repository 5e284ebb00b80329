"""Amendments: the terms as they are, with what a party wants changed. Both must sign before anything is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from freehold.protocol.kinds.agreement import Clause, Milestone, Part, Terms, terms_hash
from freehold.protocol.kinds.changes import Amendment
from freehold.protocol.kinds.notes import Note

from . import dealings
from .desk import Denied
from .proposing import SALT_BYTES

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Contract
    from freehold.protocol.kinds.values import Money

    from .desk import Desk
    from .proposing import Piece


@dataclass(frozen=True, slots=True)
class Changed:
    """What is to change in milestone `part` (from 0); None leaves it as it is. `work` in ms."""

    part: int
    title: str | None = None
    price: Money | None = None
    hours: int | None = None
    work: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Milestones changed and added, and clauses: of an id that is there the new text (or none: it goes), else added."""

    parts: tuple[Changed, ...] = ()
    added: tuple[Piece, ...] = ()
    clauses: tuple[Clause, ...] = ()
    words: str = ""


def amendment(desk: Desk, found: Contract, changes: Changes) -> tuple[Amendment, Note]:
    """The entry and the note with the new terms. Raises Denied: `no-terms`, `no-such-part`, `nothing-changed`,
    `bad-entry`."""
    terms = dealings.terms_of(desk, found)
    if terms is None:
        raise Denied("no-terms", "the terms of this contract are not here", "ask the other party for them")
    parts, milestones = list(terms.parts), list(found.scope.milestones)
    for changed in changes.parts:
        if changed.part >= len(parts):
            raise Denied("no-such-part", f"there is no milestone {changed.part + 1}", "see: freehold contract show")
        parts[changed.part] = _part(parts[changed.part], changed)
        milestones[changed.part] = _milestone(milestones[changed.part], changed)
    parts += [Part(piece.title, piece.price, piece.hours) for piece in changes.added]
    milestones += [piece.windows for piece in changes.added]
    clauses = _clauses(terms.clauses, changes.clauses)
    if (tuple(parts), tuple(milestones), clauses) == (terms.parts, found.scope.milestones, terms.clauses):
        raise Denied("nothing-changed", "these are the terms as they stand", "say what should change")
    changed_terms = Terms(desk.random_bytes(SALT_BYTES), clauses, tuple(parts))
    note = Note(changes.words, changed_terms)
    ids = tuple(clause.id for clause in clauses)
    hashes = dealings.hash_of(note), terms_hash(changed_terms)
    return Amendment(hashes[1], ids, tuple(milestones), hashes[0]), note


def _part(part: Part, changed: Changed) -> Part:
    return replace(
        part,
        title=part.title if changed.title is None else changed.title,
        price=part.price if changed.price is None else changed.price,
        hours=part.hours if changed.hours is None else changed.hours,
    )


def _milestone(milestone: Milestone, changed: Changed) -> Milestone:
    return milestone if changed.work is None else replace(milestone, work=changed.work)


def _clauses(before: tuple[Clause, ...], given: tuple[Clause, ...]) -> tuple[Clause, ...]:
    texts = {clause.id: clause for clause in (*before, *given)}
    return tuple(clause for clause in texts.values() if clause.text)
