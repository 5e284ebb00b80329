"""What a node could answer about a contract, all of it written by somebody hostile."""

from typing import Any

from tests.cli.hostile import EVIL, FH, FHC, FHO, FHR, MONEY, PERSON, PROPOSAL

NOW = 1_750_000_000_000
WORDS = {"text": EVIL, "files": [{"name": EVIL, "where": EVIL, "sha256": "00"}]}
STEP: dict[str, Any] = {
    "record": FHR,
    "kind": "delivery/1",
    "by": FH,
    "by_name": EVIL,
    "role": "freelancer",
    "part": 1,
    "at": NOW,
    "witnessed": False,
    "stated": NOW,
    "derived": False,
    "state": "delivered",
    "body": {"note": EVIL, "paid": MONEY, **WORDS},
    "body_here": True,
    "words": None,
    "says": None,
}
CLAIM: dict[str, Any] = {"record": FHR, "by": "client", "by_name": EVIL, "at": NOW, "until": NOW + 5_000}
SILENCE: dict[str, Any] = {
    "leads_to": "payable", "mark": "silent", "claim_by": "freelancer", "cure_ms": 259_200_000, "dormant": NOW + 9**12,
}  # fmt: skip
MILESTONE: dict[str, Any] = {
    "part": 1, "title": EVIL, "price": MONEY, "basis": "fixed", "hours": None, "work_ms": 1, "review_ms": 1,
    "payment_ms": 1, "confirm_ms": 1, "state": "delivered", "since": FHR, "start": NOW, "start_witnessed": True,
    "revisions_left": 2, "award": 1000, "ruled": False, "due": MONEY, "turn": "client", "turn_identity": FH,
    "turn_name": EVIL, "deadline": NOW + 3 * 86_400_000, "claim": None, "silence": SILENCE,
}  # fmt: skip
SCOPE = {"version": 1, "since": FHR, "terms": "00", "parts": PROPOSAL["parts"], "clauses": PROPOSAL["clauses"]}
CHANGE = {
    "change": FHR, "by": "freelancer", "by_name": EVIL, "part": None, "state": "open", "until": NOW, "at": NOW,
    "what": "amendment", "parts": [*PROPOSAL["parts"], {**PROPOSAL["parts"][0], "title": None, "price": None}],
    "clauses": [{"id": "2", "text": EVIL}], "words": WORDS,
}  # fmt: skip
CONTRACT: dict[str, Any] = {
    "contract": FHC,
    "now": NOW,
    "state": EVIL,
    "client": FH,
    "client_name": EVIL,
    "freelancer": "fh1" + "p" * 58,
    "freelancer_name": None,
    "offer": FHO,
    "offer_title": EVIL,
    "my_role": "client",
    "my_turns": [1],
    "my_changes": [FHR],
    "my_claims": [],
    "offered_until": NOW,
    "arbiters": [PERSON],
    "witnesses": [PERSON],
    "quorum": 1,
    "revisions": 2,
    "appeal": True,
    "fallback": "nobody",
    "funded": False,
    "rail": EVIL,
    "clauses": [{"id": EVIL, "text": EVIL}],
    "signed": [{"party": FH, "record": FHR, "at": NOW}],
    "milestones": [
        MILESTONE,
        {**MILESTONE, "part": 2, "claim": CLAIM, "state": EVIL, "basis": "hourly", "hours": 5},
        {**MILESTONE, "part": 3, "claim": {**CLAIM, "until": None}, "silence": {**SILENCE, "leads_to": EVIL}},
        {**MILESTONE, "part": 4, "deadline": None, "due": None, "price": None, "title": None},
        {**MILESTONE, "part": 5, "state": "settled", "turn": None, "turn_name": None, "silence": None},
    ],
    "timeline": [
        STEP,
        {**STEP, "body": None, "body_here": False},
        {**STEP, "derived": True},
        {**STEP, "says": EVIL, "kind": EVIL},
        {**STEP, "kind": "revision/1", "body": {"clauses": [EVIL], "note": "00"}, "words": WORDS},
        {**STEP, "kind": "dispute/1", "body": {"text": EVIL, "clauses": []}},
        {**STEP, "kind": "timesheet/1", "body": {"begins": NOW, "minutes": 90, "note": EVIL}},
        {**STEP, "kind": "absence/1", "part": None, "state": None, "body": {"since": NOW, "until": 2**53}},
        {**STEP, "kind": "blocked/1", "body": {"need": EVIL}},
        {**STEP, "kind": "payment-denied/1", "body": {"reason": EVIL}},
        {**STEP, "kind": "ruling/1", "body": {
            "award": 333, "fault": EVIL, "findings": [{"clause": EVIL, "finding": "not-in-terms"}], "note": None,
        }},
    ],
    "marks": [
        {"on": FH, "on_name": EVIL, "role": "client", "what": EVIL, "part": 1, "because": [FHR], "at": NOW,
         "witnessed": False},
        {"on": None, "on_name": None, "role": "arbiter", "what": "silent", "part": None, "because": [], "at": NOW,
         "witnessed": True},
    ],
    "changes": [
        CHANGE, {**CHANGE, "state": EVIL},
        {**CHANGE, "change": "fhr1" + "z" * 58, "what": "settlement", "award": 5, "part": 1},
    ],
    "scopes": [SCOPE, {**SCOPE, "version": 2, "clauses": None}],
    "pings": [{"record": FHR, "by": "client", "turn": "freelancer", "deadline": NOW, "claim": CLAIM}],
    "absences": [{"role": "client", "since": NOW, "until": 2**53}],
    "evidence": [{"record": FHR, "by": FH, "at": NOW, **WORDS}],
    "refused": [{"record": FHR, "reason": EVIL}],
    "waiting": [{"record": FHR, "reason": EVIL}],
}  # fmt: skip
DRAFT: dict[str, Any] = {"text": EVIL, "hash": "ab" * 32}
