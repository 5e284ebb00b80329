"""An answer for every call of the API, as by a node that tells what hostile people wrote."""

from typing import Any

from tests.cli.hostile import (
    COMPARED,
    EVIL,
    FH,
    FHC,
    FHR,
    IDENTITY,
    LEVELS,
    OFFER,
    PERSON,
    PROPOSAL,
    RATES,
    REPUTATION,
    SAVED,
)
from tests.cli.hostile_contract import CONTRACT, DRAFT, NOW

SERVICE = {
    **PERSON, "service": "arbiter", "about": EVIL, "skills": [EVIL], "languages": [EVIL], "closed": False,
    "served": {"taken": 1, "ruled": 1, "declined": 0, "not_taken": 1, "silent": 2}, "reputation": REPUTATION, "at": NOW,
}  # fmt: skip
NOTICE: dict[str, Any] = {"number": 7, "at": NOW, "topic": EVIL, "about": FHC, "text": EVIL}
REVIEW = {
    "review": FHR,
    "contract": FHC,
    "author": FH,
    "author_name": EVIL,
    "subject": FH,
    "subject_name": EVIL,
    "levels": LEVELS,
    "text": EVIL,
    "at": 1_750_000_000_000,
    "counts": False,
    "why_not": EVIL,
    "grade": None,
    "shown": False,
    "reply": EVIL,
}
FACT = {"what": EVIL, "contract": FHC, "part": 1, "because": [FHR], "at": 1_750_000_000_000, "counts": False}
CONDUCT = {
    "contracts": 3, "partners": 2, "answered": 5, "unanswered": 1, "late": 1, "usual_ms": 90_000, "slowest_ms": 90_000,
    "taken": 1, "ruled": 1, "responsiveness": 0.8, "facts": [FACT, {**FACT, "what": "late", "counts": True}],
}  # fmt: skip
SCORE = {
    "identity": FH, "name": EVIL, **REPUTATION, "weight": 1.0, "witnesses": 2, "left_out": 1, "ranking": EVIL,
    "note": EVIL, "seen": EVIL, "anywhere": {**REPUTATION, "mean": 0.1}, "conduct": {"client": CONDUCT, EVIL: CONDUCT},
}  # fmt: skip
VOUCH = {
    "vouch": FHR, "author": FH, "author_name": EVIL, "subject": FH, "subject_name": EVIL,
    "skills": [EVIL], "text": EVIL, "withdrawn": False, "at": NOW, "expires": 2**53,
}  # fmt: skip
SHARE = {
    "review": FHR,
    "author": FH,
    "author_name": EVIL,
    "contract": FHC,
    "levels": LEVELS,
    "grade": EVIL,
    "weight": 1.0,
    "delta": 0.1,
    "trust": 0.5,
    "place": 2,
    "path": [PERSON, {"identity": FH, "name": None}],
    "text": EVIL,
    "at": 1_750_000_000_000,
}
STATUS = {
    "version": "0",
    "network": EVIL,
    "identity": FH,
    "name": EVIL,
    "peer_id": "12D",
    "addresses": [EVIL],
    "peers": 1,
    "records": 1,
    "offers": 1,
    "parked": 1,
    "undelivered": 1,
    "uptime_s": 1,
    "key": "unlocked",
    "folder": EVIL,
    "pid": 1,
    "waiting": {"turns": 1, "changes": 2, "claimable": 1, "proposals": 3},
    "sync": {
        "state": "first sync",
        "records": 41_200,
        "about": 100_000,
        "partners": 3,
        "talks": 1,
        "kinds": [EVIL],
        "days": 9,
        "people": 2,
        "trouble": EVIL,
    },
}
PEERS = {
    "peers": [{"peer": EVIL, "address": EVIL, "direction": "in", "since": 1_750_000_000_000}],
    "banned": [{"peer": EVIL, "until": 1_750_000_000_000, "reason": EVIL}],
}

ANSWERS = {
    "GET /status": STATUS,
    "GET /identity": IDENTITY,
    "PUT /identity": IDENTITY,
    "GET /identities": IDENTITY,
    "GET /offers": {"offers": [OFFER], "next": 7},
    "GET /offers/search": {"offers": [OFFER, {**OFFER, "market": COMPARED}], "next": None},
    "GET /searches": {"searches": [SAVED, {"name": EVIL, "since": 1, "query": {}}]},
    "POST /searches": SAVED,
    "POST /searches/drop": {},
    "GET /market": {
        "skill": EVIL,
        "markets": [
            {**RATES, "percentiles": dict.fromkeys(("10", "25", "50", "75", "90"), 5)},
            {**RATES, "percentiles": None},
        ],
        "least_authors": 5,
        "days": 90,
    },
    "GET /offers/fho": OFFER,
    "POST /offers": OFFER,
    "GET /proposals": {"received": [PROPOSAL], "sent": [{**PROPOSAL, "direction": "sent"}]},
    "GET /proposals/fhr": PROPOSAL,
    "POST /proposals": PROPOSAL,
    "POST /proposals/fhr": CONTRACT,
    "POST /proposals/fhr-decline": PROPOSAL,
    "POST /proposals/fhr-withdraw": PROPOSAL,
    "GET /contracts": {"contracts": [CONTRACT], "serving": [{**CONTRACT, "my_role": "arbiter"}]},
    "GET /disputes": {"disputes": [{**CONTRACT, "disputed": [1, 2, 9]}]},
    "GET /services": {"services": [SERVICE]},
    "POST /services": SERVICE,
    "GET /notices": {"notices": [NOTICE], "next": 7},
    "POST /reviews/fhr": REVIEW,
    "GET /contracts/fhc": CONTRACT,
    "POST /contracts/fhc": CONTRACT,
    "GET /reviews": {"reviews": [REVIEW]},
    "POST /reviews": REVIEW,
    "GET /reputation": SCORE,
    "GET /reputation-why": {**SCORE, "evidence": [SHARE], "left_out": [{"review": FHR, "reason": EVIL}]},
    "GET /reputation/fh1-compare": {"people": [SCORE, SCORE], "first": FH, "apart": False},
    "GET /reputation/fh1-history": {
        **PERSON,
        "changes": [{"at": at, **REPUTATION, "because": [{"review": FHR, "by": PERSON}]} for at in (1, 2**53)],
    },
    "GET /vouches": {"vouches": [VOUCH, {**VOUCH, "subject_name": None}]},
    "POST /vouches": VOUCH,
    "POST /vouches/fh1-withdraw": VOUCH,
    "GET /node/peers": PEERS,
    "POST /node/connect": {"peer": EVIL},
    "POST /node/ban": {},
    "POST /node/unban": {},
    "GET /node/statistics": {"net": {"restarts": 0, EVIL: {EVIL: 1}}, "core": {"accept": 5}},
    "POST /contacts": {**PERSON, "label": EVIL},
    "GET /contacts": {"contacts": [{**PERSON, "label": EVIL}], "blocked": [{**PERSON, "label": EVIL, "since": 0}]},
    "POST /contacts/fh1-remove": {**PERSON, "label": EVIL},
    "POST /contacts/fh1-label": {**PERSON, "label": EVIL},
    "POST /contacts/fh1-block": {**PERSON, "label": EVIL},
    "POST /contacts/fh1-unblock": {**PERSON, "label": EVIL},
}


def canned(_client, method, path, body=None):
    """The answer whose key fits the call: exactly, by the verb at its end, or by the kind of name in it."""
    if (body or {}).get("draft"):
        return DRAFT
    target = path.partition("?")[0]
    key = f"{method} {target}"
    if key in ANSWERS:
        return ANSWERS[key]
    head, _, rest = target[1:].partition("/")
    verb = rest.partition("/")[2]
    for candidate in (f"{head}/{rest[:3]}-{verb}", f"{head}/{rest[:3]}", f"{head}-{verb}", head):
        if f"{method} /{candidate}" in ANSWERS:
            return ANSWERS[f"{method} /{candidate}"]
    raise AssertionError(f"no answer for {method} {path}")
