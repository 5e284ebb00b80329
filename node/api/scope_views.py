"""What was agreed, what is proposed to be changed, and what was asked for beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.kinds import worth
from freehold.protocol.kinds.changes import Amendment

from ..core import dealings
from .timeline_views import words_in_json
from .views import Views, money

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Contract, Proposed, Scope
    from freehold.protocol.kinds.agreement import Agreement, Milestone, Terms
    from freehold.protocol.kinds.notes import Note

    from .port import Json


def band(agreed: Agreement) -> Json | None:
    """Roughly what a contract is worth, in words as well, if it states it."""
    return None if agreed.band is None else {"band": agreed.band, "words": worth.in_words(agreed.band)}


def clauses(terms: Terms) -> list[Json]:
    """The clauses of terms."""
    return [{"id": clause.id, "text": clause.text} for clause in terms.clauses]


def parts(terms: Terms | None, milestones: tuple[Milestone, ...]) -> list[Json]:
    """The milestones of terms; without terms only their windows."""
    pieces = (None,) * len(milestones) if terms is None else terms.parts
    return [
        {
            "title": None if piece is None else piece.title,
            "price": None if piece is None else money(piece.price),
            "hours": None if piece is None else piece.hours,
            "basis": milestone.basis,
            "work_ms": milestone.work,
        }
        for piece, milestone in zip(pieces, milestones, strict=False)
    ]


def scopes(views: Views, found: Contract) -> list[Json]:
    """Every version of the terms, oldest first: the agreement, then each amendment that both signed."""
    return [_scope(views, found, number, one) for number, one in enumerate(found.scopes)]


def change(views: Views, found: Contract, proposed: Proposed) -> Json:
    """An amendment (with the terms it proposes, where they are here) or a settlement."""
    shown: Json = {
        "change": text.show(proposed.entry.id, text.RECORD),
        "by": proposed.role,
        "by_name": views.name(proposed.entry.author),
        "by_label": views.label(proposed.entry.author),
        "part": None if proposed.part is None else proposed.part + 1,
        "state": proposed.state,
        "until": proposed.until,
        "at": proposed.entry.header.at,
    }
    if not isinstance(proposed.what, Amendment):
        return shown | {"what": "settlement", "award": proposed.what.award}
    note = dealings.words_of(views.desk, found.id, proposed.what.note)
    terms = _promised(note, proposed.what)
    return shown | {
        "what": "amendment",
        "parts": parts(terms, proposed.what.milestones),
        "clauses": None if terms is None else clauses(terms),
        "words": words_in_json(note),
    }


def _promised(note: Note | None, amendment: Amendment) -> Terms | None:
    """The terms in a note, if they are those that the amendment names."""
    if note is None or note.terms is None:
        return None
    return note.terms if dealings.are_terms(note.terms, amendment) else None


def _scope(views: Views, found: Contract, number: int, scope: Scope) -> Json:
    terms = dealings.terms_of(views.desk, found, number)
    return {
        "version": number + 1,
        "since": text.show(scope.since, text.RECORD),
        "terms": scope.terms.hex(),
        "parts": parts(terms, scope.milestones),
        "clauses": None if terms is None else clauses(terms),
    }
