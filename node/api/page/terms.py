"""Words of the protocol as a person reads them; each is a text of the catalogues."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802  -- gettext's own name for "collect this, translate it later"
    """The text itself."""
    return text


def S_(text: str) -> str:  # noqa: N802  -- of the same family
    """The text itself: a sentence that the node says, with the names of its values in braces (see `retelling`)."""
    return text


MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)
TERMS = {
    # sides, bases, roles
    "wanted": N_("work wanted"),
    "service": N_("service offered"),
    "fixed": N_("fixed price"),
    "hourly": N_("by the hour"),
    "client": N_("client"),
    "freelancer": N_("freelancer"),
    "arbiter": N_("arbiter"),
    "witness": N_("witness"),
    # of a contract
    "offered": N_("waiting for the second signature"),
    "active": N_("active"),
    "closed": N_("closed"),
    "lapsed": N_("lapsed"),
    # of a milestone
    "awaiting funding": N_("awaiting funding"),
    "working": N_("in work"),
    "blocked": N_("blocked"),
    "delivered": N_("delivered"),
    "revision": N_("in revision"),
    "payable": N_("to be paid"),
    "paid": N_("paid, not confirmed"),
    "owed": N_("owed after a ruling"),
    "award paid": N_("award paid, not confirmed"),
    "awaiting arbiter": N_("awaiting the arbiter"),
    "awaiting answer": N_("awaiting an answer"),
    "deliberating": N_("the arbiter decides"),
    "settled": N_("settled"),
    "settled, unconfirmed": N_("settled, unconfirmed"),
    "resolved": N_("resolved"),
    "cancelled by both": N_("cancelled by both"),
    "cancelled by the client": N_("cancelled by the client"),
    "cancelled by the freelancer": N_("cancelled by the freelancer"),
    "unfunded": N_("unfunded"),
    "undelivered": N_("undelivered"),
    "abandoned": N_("abandoned"),
    "unpaid": N_("unpaid"),
    "noncompliant": N_("award unpaid"),
    "contested": N_("contested"),
    "dormant": N_("asleep: nobody acted"),
    # marks
    "silent": N_("silent"),
    # ways to pay
    "manual-ack/1": N_("any way"),
    "did not pay": N_("did not pay"),
    "did not deliver": N_("did not deliver"),
    "did not take the case": N_("did not take the case"),
    "did not fund": N_("did not show the money"),
    "did not comply": N_("did not pay the award"),
    "late": N_("late"),
    "at fault": N_("at fault"),
    "forked": N_("signed two histories"),
    "declined the case": N_("declined the case"),
    # what contracts show of somebody, in short
    "fault": N_("at fault in a dispute"),
    # of a ruling
    "nobody": N_("nobody"),
    "both": N_("both"),
    "kept": N_("kept"),
    "broken": N_("broken"),
    "not-in-terms": N_("not in the terms"),
    # of a change
    "agreed": N_("agreed"),
    "withdrawn": N_("taken back"),
    "lapsed change": N_("lapsed"),
    # of a proposal
    "proposal": N_("proposal"),
    "open": N_("open"),
    "accepted": N_("accepted"),
    "declined": N_("declined"),
    "expired": N_("expired"),
    "received": N_("received"),
    "sent": N_("sent"),
    "waiting for delivery": N_("waiting for delivery"),
    "being withdrawn": N_("being withdrawn"),
    # of a connection
    "in": N_("came to us"),
    "out": N_("we called"),
    # what one can be told of
    "turn": N_("it is your turn"),
    "deadline": N_("a deadline is near"),
    "claim": N_("somebody claims"),
    "claimable": N_("you may claim"),
    "change": N_("a change is proposed"),
    "stamp": N_("a stamp is asked that your node does not pay by itself"),
    "offer": N_("a saved search found something"),
    # scopes of tokens
    "read": N_("read"),
    "write": N_("write what only this node keeps"),
    "sign": N_("sign in your name"),
    "admin": N_("run the node"),
    # of the key
    "none": N_("no key"),
    "locked": N_("locked"),
    "unlocked": N_("unlocked"),
}
FIELDS = {
    "title": N_("the title"),
    "description": N_("the description"),
    "skills": N_("a skill"),
    "skill": N_("a skill"),
    "languages": N_("a language"),
    "unit": N_("the currency"),
    "amount": N_("the amount"),
    "low": N_("the lower amount"),
    "high": N_("the upper amount"),
    "least": N_("the lower amount"),
    "most": N_("the upper amount"),
    "questions": N_("a question"),
    "answers": N_("an answer"),
    "least_characters": N_("the least number of characters"),
    "cover": N_("the cover"),
    "clauses": N_("a clause"),
    "text": N_("the text"),
    "reason": N_("the reason"),
    "need": N_("what is needed"),
    "reference": N_("the reference"),
    "name": N_("the name"),
    "about": N_("the words about you"),
    "label": N_("the label"),
    "revisions": N_("the number of revisions"),
    "hours": N_("the hours"),
    "minutes": N_("the hours"),
    "days": N_("the days"),
    "files": N_("a file"),
    "milestones": N_("a milestone"),
    "parts": N_("a milestone"),
    "rail": N_("the way to pay"),
    "address": N_("the address"),
    "passphrase": N_("the passphrase"),
    "words": N_("the words"),
    "award": N_("the award"),
    "arbiters": N_("an arbiter"),
    "witnesses": N_("a witness"),
}
"""Fields of records and requests, as they stand at the beginning of a sentence about what is wrong with them."""
