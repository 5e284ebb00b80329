"""How tests of the API make offers and contracts, and which fields its answers have."""

from typing import Any

from freehold.protocol import text
from tests.cast import alice, bob

LOGO = {
    "side": "wanted",
    "title": "A logo for a bakery",
    "description": "A croissant, drawn by hand.",
    "skills": ["Drawing", "Ink"],
    "budget": {"basis": "fixed", "unit": "EUR", "low": 40_000, "high": 60_000},
    "languages": ["en"],
    "intake": {"least_characters": 30, "questions": ["Where is your studio?"]},
}
BID: dict[str, Any] = {
    "cover": "I drew the signs of forty bakeries.",
    "parts": [
        {"title": "Sketch", "amount": 15_000, "unit": "EUR", "days": 5},
        {"title": "Drawing", "amount": 35_000, "unit": "EUR", "days": 10},
    ],
    "clauses": [{"id": "1", "text": "Two rounds of changes."}],
    "answers": ["In Lund."],
}
LEVELS = {"scope": 4, "communication": 3, "quality": 4, "time": 4, "again": 4}
OFFER_VIEW = {
    "offer", "record", "author", "author_name", "author_label", "author_blocked", "side", "title", "description",
    "skills", "budget", "languages", "intake", "closed", "expires", "published", "reputation",
}  # fmt: skip
PROPOSAL_VIEW = {
    "proposal", "direction", "offer", "offer_title", "author", "author_name", "author_label", "recipient",
    "recipient_name", "recipient_label", "cover", "rule", "stamp", "language", "languages",
    "answers", "parts", "clauses", "written", "expires", "state", "reason", "contract", "folded", "reputation",
    "remarks", "arbiters", "witnesses", "quorum", "appeal", "fallback", "revisions", "windows", "band",
}  # fmt: skip
SUMMARY_VIEW = {
    "contract", "now", "state", "client", "client_name", "client_label", "freelancer", "freelancer_name",
    "freelancer_label", "offer", "offer_title", "my_role", "my_turns", "my_changes", "my_claims", "offered_until",
    "milestones",
}  # fmt: skip
CONTRACT_VIEW = SUMMARY_VIEW | {
    "arbiters", "witnesses", "quorum", "revisions", "appeal", "fallback", "band", "funded", "rail", "clauses", "signed",
    "timeline", "marks", "changes", "scopes", "pings", "absences", "evidence", "refused", "waiting",
}  # fmt: skip
REVIEW_VIEW = {
    "review", "contract", "author", "author_name", "author_label", "subject", "subject_name", "subject_label", "levels",
    "text", "at", "counts", "why_not", "grade", "shown", "reply",
}  # fmt: skip
SCORE_VIEW = {
    "identity", "name", "label", "mean", "lower", "upper", "counted", "weight", "witnesses", "left_out", "ranking",
    "note", "seen", "anywhere", "conduct",
}  # fmt: skip
NAMES = {who: text.show(who.id, text.IDENTITY) for who in (alice, bob)}


async def agreed(counters):
    """(offer, proposal, contract) names, after the contract was made."""
    at_alice, at_bob, _ = counters
    published = await at_alice.post("/offers", LOGO)
    proposed = await at_bob.post("/proposals", {"offer": published["offer"], **BID})
    accepted = await at_alice.post(f"/proposals/{proposed['proposal']}/accept")
    assert at_alice.status == 200, accepted
    return published["offer"], proposed["proposal"], accepted["contract"]


async def finished(counters):
    """The name of a contract whose two milestones are settled."""
    at_alice, at_bob, _ = counters
    _, _, contract = await agreed(counters)
    for part in (1, 2):
        for who, verb, body in (
            (at_bob, "deliver", {"note": "Here."}),
            (at_alice, "accept", {}),
            (at_alice, "pay", {"rail": "SEPA"}),
            (at_bob, "confirm", {}),
        ):
            view = await who.post(f"/contracts/{contract}/{verb}", {"part": part, **body})
            assert who.status == 200, view
    return contract
