"""kinds/, the third part: entries of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..case import MALFORMED, Cases
from ..deal import ARBITERS_OWN, BODIES, EUROS, WHOLE_CONTRACT, Chains
from ..plain import DAY_MS, START_MS, Author, Signed, bob, dave
from .kinds import all_refused, all_taken, refused

if TYPE_CHECKING:
    from collections.abc import Iterable

_EITHER = ("consent/1", "objection/1", "withdrawal/1", "claim/1")

FAMILIES = {
    "work": ("delivery/1", "acceptance/1", "blocked/1", "unblocked/1", "revision/1", "timesheet/1", "finish/1"),
    "payments": ("funding/1", "payment-sent/1", "payment-received/1", "payment-denied/1"),
    "changes": (
        *("amendment/1", "settlement/1", "consent/1", "objection/1", "withdrawal/1", "cancellation/1"),
    ),
    "timing": ("claim/1", "absence/1", "resume/1", "ping/1", "pong/1"),
    "disputes": ("dispute/1", "answer/1", "appeal/1", "case-taken/1", "case-declined/1", "ruling/1"),
}  # fmt: skip
ABOUT_A_MILESTONE = sorted(set(BODIES) - WHOLE_CONTRACT - set(_EITHER))


def cases() -> Cases:
    """All of them."""
    return {**_good(), **_headers(), **_bodies()}


def entry(kind: str, body: Any = None, author: Author = bob, **more: Any) -> Signed:
    """An entry of somebody whose chain is empty yet; `more` sets header fields."""
    return Chains().enters(dave if kind in ARBITERS_OWN else author, kind, body=body, **more)


def _good() -> Cases:
    good = {
        f"entries_{family}": all_taken(f"plain entries: {', '.join(kinds)}", *map(entry, kinds))
        for family, kinds in FAMILIES.items()
    }
    either = [entry(kind, part=part) for kind in _EITHER for part in (0, ...)]
    second = entry("ruling/1", seq=1, prev=bytes(32))
    return good | {
        "entries_of_either": all_taken("these are about a milestone, or about the whole contract", *either),
        "entries_optional": all_taken(
            "optional fields: a note behind a revision and a ruling; an arbiter's second entry",
            entry("revision/1", BODIES["revision/1"] | {"note": bytes(32)}),
            entry("ruling/1", BODIES["ruling/1"] | {"note": bytes(32)}),
            second,
        ),
    }


def _headers() -> Cases:
    kinds = ("delivery/1", "settlement/1", "ping/1", "claim/1", "dispute/1", "ruling/1")
    own = ("delivery/1", "consent/1", "ping/1")

    def all_of(which: Iterable[str], **more: Any) -> list[Signed]:
        return [entry(kind, **more) for kind in which]

    return {
        "entry_without_contract": all_refused("in names the contract", *all_of(kinds, in_=..., seq=..., prev=...)),
        "entry_outside_chain": all_refused("seq and prev name its place", *all_of(kinds, seq=..., prev=...)),
        "entry_expires": all_refused("it has no till", *all_of(kinds, till=START_MS + DAY_MS)),
        "entry_replaceable": all_refused("it has no slot", *all_of(kinds, slot=b"x")),
        "entry_first_in_chain": all_refused("a party's seq 0 is the signature", *all_of(own, seq=0, prev=...)),
        "entry_without_part": all_refused("part names the milestone", *all_of(ABOUT_A_MILESTONE, part=...)),
        "entry_with_part": all_refused("about the whole contract, so no part", *all_of(sorted(WHOLE_CONTRACT), part=0)),
        "entry_part_20": all_refused(
            "a contract has at most 20 milestones", *all_of(("delivery/1", "claim/1", "ruling/1"), part=20)
        ),
    }


def _bodies() -> Cases:
    lower, later = EUROS | {"unit": "eur"}, START_MS + DAY_MS

    def of(kind: str, expect: str = "not-allowed", why: str = "", **fields: Any) -> Any:
        return refused(why, entry(kind, BODIES[kind] | fields), expect)

    findings = [{"clause": "1", "finding": "kept"}, {"clause": "1", "finding": "broken"}]
    return {
        "entry_unit_lower_case": all_refused(
            "a unit has capitals and digits",
            entry("payment-sent/1", BODIES["payment-sent/1"] | {"paid": lower}),
            entry("payment-received/1", {"received": lower}),
        ),
        "entry_clause_twice": all_refused(
            "each once",
            *(
                entry(kind, BODIES[kind] | {"clauses": ["1", "1"]})
                for kind in ("revision/1", "amendment/1", "dispute/1")
            ),
            entry("ruling/1", BODIES["ruling/1"] | {"findings": findings}),
        ),
        "revision_without_clauses": of("revision/1", MALFORMED, "it cites what was agreed", clauses=[]),
        "timesheet_in_the_future": of("timesheet/1", why="hours that are over", begins=later),
        "settlement_over_1000": of("settlement/1", MALFORMED, "thousandths of the price", award=1001),
        "absence_upside_down": of("absence/1", why="it ends after it begins", until=START_MS),
    }
