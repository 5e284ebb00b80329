"""Bodies and records that several families need: an offer, an agreement about it and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .plain import DAY_MS, START_MS, Author, Signed, alice, bob, named, pack, record, sha256

SLOT = sha256(b"vectors slot")[:16]
OFFER_PLACE = named("freehold/place/1", alice.id + b"offer/1" + b"\0" + SLOT)
EUROS = {"amount": 10_000, "unit": "EUR"}
MONTH = {"slot": SLOT, "till": START_MS + 30 * DAY_MS}
ANY_ID = sha256(b"any id")
MILESTONE = {
    "work": 7 * DAY_MS,
    "review": 10 * DAY_MS,
    "payment": 7 * DAY_MS,
    "confirm": 5 * DAY_MS,
    "basis": "fixed",
}
WINDOWS = {
    name: days * DAY_MS
    for name, days in (
        *(("offered", 7), ("funding", 7), ("unblock", 5), ("revision", 7)),
        *(("change", 5), ("case", 3), ("answer", 7), ("ruling", 14)),
    )
}

BODIES: dict[str, dict[str, Any]] = {
    "delivery/1": {"note": "Here it is.", "files": []},
    "acceptance/1": {"note": "Lovely."},
    "payment-sent/1": {"paid": EUROS, "rail": "manual-ack/1", "reference": "RF18"},
    "payment-received/1": {"received": EUROS},
    "payment-denied/1": {"reason": "Nothing came."},
    "funding/1": {"rail": "manual-ack/1", "evidence": "With the notary."},
    "blocked/1": {"need": "The old logo."},
    "unblocked/1": {"note": "Here."},
    "revision/1": {"clauses": ["1"]},
    "timesheet/1": {"begins": START_MS - 7 * DAY_MS, "minutes": 600, "note": "Drafts."},
    "finish/1": {},
    "amendment/1": {"terms": ANY_ID, "clauses": ["1", "2", "3"], "milestones": [MILESTONE], "note": ANY_ID},
    "settlement/1": {"award": 0},
    "consent/1": {"to": ANY_ID},
    "objection/1": {"to": ANY_ID},
    "withdrawal/1": {"of": ANY_ID},
    "cancellation/1": {},
    "claim/1": {"obligation": ANY_ID},
    "absence/1": {"since": START_MS, "until": START_MS + DAY_MS},
    "resume/1": {},
    "ping/1": {},
    "pong/1": {},
    "dispute/1": {"text": "It is blue.", "clauses": ["1"]},
    "answer/1": {"text": "Blue it should be."},
    "appeal/1": {},
    "case-taken/1": {},
    "case-declined/1": {},
    "ruling/1": {"award": 600, "fault": "client", "findings": [{"clause": "1", "finding": "kept"}]},
}
"""A plain body of each contract entry."""
WHOLE_CONTRACT = frozenset(("amendment/1", "absence/1", "resume/1", "ping/1", "pong/1"))
"""Entries that name no milestone."""
ARBITERS_OWN = frozenset(("case-taken/1", "case-declined/1", "ruling/1"))


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
    """The public half: alice is the client, bob the freelancer, who signs first."""
    body: dict[str, Any] = {
        "client": alice.id,
        "freelancer": bob.id,
        "proposer": "freelancer",
        "offer": OFFER_PLACE,
        "terms": sha256(pack(terms(count))),
        "clauses": ["1", "2"],
        "milestones": [MILESTONE] * count,
        "revisions": 2,
        "funded": False,
        "arbiters": [],
        "appeal": False,
        "fallback": "nobody",
        "witnesses": [],
        "quorum": 0,
        "rail": "manual-ack/1",
        "windows": WINDOWS,
    }
    return changed(body, more)


def signed_agreement(author: Author, body: dict[str, Any], **more: Any) -> Signed:
    """One party's signature under an agreement: it opens the party's chain."""
    header = {"in_": sha256(pack(body)), "seq": 0} | more
    return record(author, "agreement/1", body, **header)


def review_body(subject: bytes, **more: Any) -> dict[str, Any]:
    """The best levels in all five fields."""
    levels = dict.fromkeys(("scope", "communication", "quality", "time", "again"), 4)
    return {"subject": subject, **levels, "salt": bytes(16), "text": "Quick and kind."} | more


def review(author: Author, subject: bytes, contract: bytes, **more: Any) -> Signed:
    """The author's review of the other party."""
    return record(author, "review/1", review_body(subject), **{"in_": contract, **more})


def commitment(author: Author, body: dict[str, Any], contract: bytes, **more: Any) -> Signed:
    """The author's promise that this will be the review."""
    promised = {"hash": named("freehold/review/1", pack(body))}
    return record(author, "review-commit/1", promised, **{"in_": contract, **more})


def filled(body: dict[str, Any], size: int) -> dict[str, Any]:
    """A body of `size` bytes: an unknown field, which readers leave alone, fills it."""
    probe = 300
    return body | {"zz": bytes(size - len(pack(body | {"zz": bytes(probe)})) + probe)}


def changed(body: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """A body with other fields; `...` takes one away."""
    return {name: value for name, value in (body | more).items() if value is not ...}


def day(number: float) -> int:
    """A day of the story as a time."""
    return START_MS + round(number * DAY_MS)


@dataclass
class Chains:
    """A contract in the making: each party's next entry hangs from its last one. `records` are all that was made."""

    parts: int = 1
    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    heads: dict[bytes, tuple[int, bytes]] = field(default_factory=dict[bytes, tuple[int, bytes]])
    records: list[Signed] = field(default_factory=list[Signed])

    @property
    def body(self) -> dict[str, Any]:
        """The agreement's body."""
        return agreement(self.parts, **self.fields)

    @property
    def contract(self) -> bytes:
        """Its name."""
        return sha256(pack(self.body))

    def signs(self, author: Author, at: float = 0, **more: Any) -> Signed:
        """A signature under the agreement on a day."""
        made = signed_agreement(author, self.body, **({"at": day(at)} | more))
        self.heads[author.id] = (0, made.id)
        self.records.append(made)
        return made

    def enters(
        self, author: Author, kind: str, part: Any = None, body: Any = None, *, at: float = 0, **more: Any
    ) -> Signed:
        """The author's next entry, on a day: about the first milestone, if its kind is about one. `more` sets header
        fields, e.g. `seen`."""
        first = kind in ARBITERS_OWN and author.id not in self.heads
        seq, prev = (-1, b"") if first else self.heads.get(author.id, (0, self.contract))
        chain = {"seq": seq + 1, "prev": ... if first else prev}
        about = (... if kind in WHOLE_CONTRACT else 0) if part is None else part
        place = {"in_": self.contract, "at": day(at), "part": about, **chain}
        made = record(author, kind, BODIES[kind] if body is None else body, **(place | more))
        self.heads[author.id] = (seq + 1, made.id)
        self.records.append(made)
        return made

    def has(self, witness: Author, at: float, *records: Signed) -> Signed:
        """The witness vouches for having had the records on a day."""
        body = {"ids": [each.id for each in records]}
        made = record(witness, "receipt/1", body, in_=self.contract, at=day(at))
        self.records.append(made)
        return made


def deal(parts: int = 1, /, **fields: Any) -> Chains:
    """A contract that begins on day 0 with alice's signature; `fields` are those of the agreement."""
    made = Chains(parts, fields)
    made.signs(bob, -0.25)
    made.signs(alice)
    return made
