"""What a node could answer about people, offers and proposals, all of it written by somebody hostile."""

from typing import Any

EVIL = "\x1b]0;owned\x07\u202eevil\u200b\x9b31m\r\n\ttail [bold]not markup[/bold] \ud800"
FH, FHO, FHC, FHR = (prefix + "1" + "q" * 58 for prefix in ("fh", "fho", "fhc", "fhr"))
MONEY = {"amount": 15_000, "unit": "EUR"}
REPUTATION = {"mean": 0.7, "lower": 0.5, "upper": 0.9, "counted": 2}
LEVELS = {"scope": 4, "communication": 3, "quality": 4, "time": 0, "again": 4}
IDENTITY = {
    "identity": FH,
    "name": EVIL,
    "about": EVIL,
    "roles": ["client"],
    "skills": [EVIL],
    "languages": [EVIL],
    "key": "00",
    "inception": FHR,
    "created": 1_750_000_000_000,
}
OFFER = {
    "offer": FHO,
    "record": FHR,
    "author": FH,
    "author_name": EVIL,
    "side": "wanted",
    "title": EVIL,
    "description": EVIL,
    "skills": [EVIL],
    "budget": {"basis": "hourly", "unit": "EUR", "low": 1, "high": 2},
    "languages": [EVIL],
    "intake": {"least_characters": 5, "questions": [EVIL], "languages": []},
    "closed": False,
    "expires": 2**53,
    "published": 1_750_000_000_000,
    "reputation": REPUTATION,
}
PERSON = {"identity": FH, "name": EVIL}
COMPARED = [
    {"skill": EVIL, "others": others, "less": less, "more": others - less, "median": 5, "enough": others > 4}
    for others, less in ((0, 0), (4, 4), (10, 2), (10, 9))
]
SAVED = {
    "name": EVIL,
    "since": 1,
    "query": {"q": EVIL, "skill": [EVIL], "side": EVIL, "unit": "EUR", "least": 1, "without": ["late"], "reviews": 2},
}
RATES = {"side": "wanted", "basis": "hourly", "unit": "EUR", "authors": 9}
PROPOSAL: dict[str, Any] = {
    "proposal": FHR,
    "direction": "received",
    "offer": FHO,
    "offer_title": EVIL,
    "author": FH,
    "author_name": EVIL,
    "recipient": FH,
    "recipient_name": None,
    "cover": EVIL,
    "answers": [EVIL],
    "parts": [
        {"title": EVIL, "price": MONEY, "hours": None, "basis": "fixed", "work_ms": 86_400_000},
        {"title": EVIL, "price": MONEY, "hours": 10, "basis": "hourly", "work_ms": 90_000},
    ],
    "clauses": [{"id": EVIL, "text": EVIL}],
    "arbiters": [PERSON],
    "witnesses": [PERSON],
    "quorum": 1,
    "appeal": True,
    "fallback": EVIL,
    "revisions": 2,
    "windows": {},
    "written": 1_750_000_000_000,
    "expires": 1_750_000_000_000,
    "state": "open",
    "reason": EVIL,
    "contract": FHC,
    "folded": EVIL,
    "reputation": None,
}
