"""What a fold vector expects, written by hand in few words."""

from __future__ import annotations

from typing import Any

from ..case import OK, Case
from ..deal import BODIES, Chains, day
from ..plain import Author, Signed, alice, bob, sha256

Marked = tuple[Author, str, float]
"""Who bears which mark, since which day."""
_ROLES = {alice.id: "client", bob.id: "freelancer"}


def folds(  # noqa: PLR0913  -- each names something that a vector expects
    about: str,
    made: Chains,
    now: float,
    *milestones: str,
    state: str = "active",
    marks: tuple[Marked, ...] = (),
    refused: tuple[Signed, ...] = (),
    waiting: tuple[Signed, ...] = (),
    changes: str = "",
    terms: bytes | None = None,
    witnessed: bool = False,
    passed_over: tuple[Signed, ...] = (),
) -> Case:
    """The state of a contract on the day `now`. What is neither refused nor waiting counts.

    A milestone is `state: debtor deadline until`, in days of the story, `-` for none; `until` is the end of a claim.
    `marks` are of the first milestone; of the whole contract are forks, and silence after a ping (`silent!`).
    """
    held = {each.id for each in (*refused, *waiting, *passed_over)}
    records = [*made.records, *passed_over]
    gives: dict[str, Any] = {
        "contract": made.contract,
        "state": state,
        "refused": sorted(each.id for each in refused),
        "waiting": sorted(each.id for each in waiting),
    }
    if milestones:
        gives |= {
            "milestones": [_milestone(each) for each in milestones],
            "marks": [_mark(*each, witnessed=witnessed) for each in marks],
            "counted": sorted({each.id for each in made.records if each.kind in BODIES and each.id not in held}),
            "terms": terms or made.body["terms"],
            "changes": changes.split(),
        }
    return Case(about, "fold", {"records": [each.packed for each in records], "now": day(now)}, OK, gives)


def obligation(of: Signed) -> dict[str, Any]:
    """The body of a claim."""
    return {"obligation": of.id}


def proposed(what: Signed) -> dict[str, Any]:
    """The body of a consent or objection."""
    return {"to": what.id}


def new_terms(*milestones: dict[str, Any], clauses: tuple[str, ...] = ("1", "2", "3")) -> dict[str, Any]:
    """The body of an amendment: a third clause, and these milestones."""
    return {"terms": NEW_TERMS, "clauses": [*clauses], "milestones": [*milestones], "note": sha256(b"a note")}


NEW_TERMS = sha256(b"new terms")


def _milestone(told: str) -> dict[str, Any]:
    state, _, rest = told.partition(": ")
    debtor, deadline, until = (*rest.split(), "-", "-", "-")[:3]
    return {
        "state": state,
        "debtor": None if debtor == "-" else debtor,
        "deadline": None if deadline == "-" else day(float(deadline)),
        "until": None if until == "-" else day(float(until)),
    }


def _mark(on: Author, what: str, at: float, *, witnessed: bool) -> dict[str, Any]:
    return {
        "on": on.id,
        "role": _ROLES.get(on.id, "arbiter"),
        "what": what.rstrip("!"),
        "part": None if what.endswith("!") or what == "forked" else 0,
        "at": day(at),
        "witnessed": witnessed or what == "forked",
    }
