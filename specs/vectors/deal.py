"""Bodies and records that several families need: an offer, an agreement about it and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .plain import DAY_MS, START_MS, Author, Signed, alice, bob, named, pack, record, sha256

SLOT = sha256(b"vectors slot")[:16]
OFFER_PLACE = named("freehold/place/1", alice.id + b"offer/1" + b"\0" + SLOT)
EUROS = {"amount": 10_000, "unit": "EUR"}
MONTH = {"slot": SLOT, "till": START_MS + 30 * DAY_MS}
_WINDOWS = {"work": 7 * DAY_MS, "review": 10 * DAY_MS, "payment": 7 * DAY_MS, "confirm": 5 * DAY_MS}

BODIES: dict[str, dict[str, Any]] = {
    "delivery/1": {"note": "Here it is.", "files": []},
    "acceptance/1": {"note": "Lovely."},
    "payment-sent/1": {"paid": EUROS, "rail": "sepa", "reference": "RF18"},
    "payment-received/1": {"received": EUROS},
}
"""A plain body of each contract entry."""


def offer(**more: Any) -> dict[str, Any]:
    """What alice wants done; `more` sets fields, `...` takes one away."""
    body: dict[str, Any] = {
        "side": "wanted",
        "title": "A logo for a bakery",
        "description": "",
        "skills": ["drawing"],
        "budget": {"basis": "fixed", "unit": "EUR", "low": 10_000, "high": 20_000},
        "languages": ["en", "pt-BR"],
        "intake": {"least_characters": 0, "questions": [], "languages": []},
        "closed": False,
    }
    return changed(body, more)


def terms(count: int = 1, /, **more: Any) -> dict[str, Any]:
    """The private half of an agreement."""
    body: dict[str, Any] = {
        "salt": bytes(16),
        "clauses": [{"id": "1", "text": "Three drafts."}, {"id": "2", "text": "One round of changes."}],
        "parts": [{"title": "The logo", "price": EUROS}] * count,
    }
    return changed(body, more)


def agreement(count: int = 1, /, **more: Any) -> dict[str, Any]:
    """The public half: alice is the client, bob the freelancer."""
    body: dict[str, Any] = {
        "client": alice.id,
        "freelancer": bob.id,
        "offer": OFFER_PLACE,
        "terms": sha256(pack(terms(count))),
        "milestones": [_WINDOWS] * count,
    }
    return changed(body, more)


def signed_agreement(author: Author, body: dict[str, Any], **more: Any) -> Signed:
    """One party's signature under an agreement: it opens the party's chain."""
    header = {"in_": sha256(pack(body)), "seq": 0} | more
    return record(author, "agreement/1", body, **header)


def review(author: Author, subject: bytes, contract: bytes, size: int | None = None, **more: Any) -> Signed:
    """The author's review of the other party; `size` fills its body."""
    levels = dict.fromkeys(("scope", "communication", "quality", "time", "again"), 4)
    body: dict[str, Any] = {"subject": subject, **levels, "text": "Quick and kind."}
    body = body if size is None else filled(body, size)
    return record(author, "review/1", body, **{"in_": contract, "slot": contract, **more})


def filled(body: dict[str, Any], size: int) -> dict[str, Any]:
    """A body of `size` bytes: an unknown field, which readers leave alone, fills it."""
    probe = 300
    return body | {"zz": bytes(size - len(pack(body | {"zz": bytes(probe)})) + probe)}


def changed(body: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """A body with other fields; `...` takes one away."""
    return {name: value for name, value in (body | more).items() if value is not ...}


@dataclass
class Chains:
    """A contract in the making: each party's next entry hangs from its last one, and sees what it is told it has."""

    parts: int = 1
    heads: dict[bytes, tuple[int, bytes]] = field(default_factory=dict[bytes, tuple[int, bytes]])

    @property
    def contract(self) -> bytes:
        """Its name."""
        return sha256(pack(agreement(self.parts)))

    def signs(self, author: Author, **more: Any) -> Signed:
        """A signature under the agreement."""
        made = signed_agreement(author, agreement(self.parts), **more)
        self.heads[author.id] = (0, made.id)
        return made

    def enters(self, author: Author, kind: str, part: int = 0, body: Any = None, **more: Any) -> Signed:
        """The author's next entry. `more` sets header fields, e.g. `seen`."""
        seq, last = self.heads.get(author.id, (0, self.contract))
        place = {"in_": self.contract, "part": part, "seq": seq + 1, "prev": last}
        made = record(author, kind, body or BODIES[kind], **(place | more))
        self.heads[author.id] = (seq + 1, made.id)
        return made
