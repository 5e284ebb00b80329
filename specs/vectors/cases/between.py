"""kinds/, the second part: agreements, and records for one person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..case import MALFORMED, UNVERIFIABLE, Cases
from ..deal import EUROS, MILESTONE, OFFER_PLACE, WINDOWS, Chains, agreement, signed_agreement, terms
from ..plain import DAY_MS, START_MS, Author, Signed, alice, bob, carol, mallory, pack, record, sha256
from .kinds import all_refused, refused, taken

_ID = sha256(b"any id")
_PREKEY = sha256(b"any prekey")
_CONTRACT = Chains().contract
_WEEK: dict[str, Any] = {"till": START_MS + 7 * DAY_MS}


def cases() -> Cases:
    """All of them."""
    return {**_agreement(), **_windows(), **_proposal(), **_direct()}


def _agreement() -> Cases:
    usual = agreement()

    def of(author: Author = alice, body: dict[str, Any] = usual, **more: Any) -> Signed:
        return signed_agreement(author, body, **more)

    return {
        "agreement": taken("one of the two signatures under a contract", of()),
        "agreement_in_another": refused("in is the body's hash", of(in_=_ID)),
        "agreement_without_seq": refused("it opens a chain", of(seq=...)),
        "agreement_with_oneself": refused("two parties", of(body=agreement(freelancer=alice.id))),
        "agreement_of_a_stranger": refused("only a party signs", of(carol)),
        "agreement_witness_is_a_party": refused(
            "nobody has two roles", of(body=agreement(witnesses=[bob.id], quorum=1))
        ),
        "agreement_quorum_too_large": refused(
            "a quorum of the witnesses", of(body=agreement(witnesses=[carol.id], quorum=2))
        ),
        "agreement_without_quorum": refused(
            "witnesses of whom none makes a time", of(body=agreement(witnesses=[carol.id]))
        ),
        "agreement_band": taken("it may state roughly what it is worth", of(body=agreement(band=9))),
        "agreement_band_of_a_trifle": taken("nothing is not the same as not stated", of(body=agreement(band=0))),
        "agreement_band_beyond_the_last": refused(
            "bands are 0 to 9: a body of the wrong shape", of(body=agreement(band=10)), MALFORMED
        ),
        "agreement_band_is_an_amount": refused(
            "a band is a number and no amount", of(body=agreement(band=EUROS)), MALFORMED
        ),
        "agreement_without_clauses": refused("something is agreed", of(body=agreement(clauses=[]))),
    }


def _windows() -> Cases:
    def of(body: dict[str, Any], network: str = "freehold") -> Signed:
        return signed_agreement(alice, body, net=network)

    def milestone(**windows: int) -> dict[str, Any]:
        return agreement(milestones=[MILESTONE | windows])

    short, long = DAY_MS - 1, 60 * DAY_MS + 1
    least = {"work": DAY_MS, "review": 3 * DAY_MS, "payment": DAY_MS, "confirm": 60 * DAY_MS}
    return {
        "agreement_windows_at_their_bounds": taken(
            "on the main network: a day, for a review three", of(milestone(**least))
        ),
        "agreement_windows_too_short": all_refused(
            "a day to work, to pay, to confirm, to take a case; three days to review",
            *(of(milestone(**{name: short})) for name in ("work", "payment", "confirm")),
            of(agreement(windows=WINDOWS | {"case": short})),
            of(milestone(review=3 * DAY_MS - 1)),
        ),
        "agreement_windows_too_long": all_refused(
            "60 days for whatever is not the work",
            *(of(milestone(**{name: long})) for name in ("review", "payment", "confirm")),
            of(agreement(windows=WINDOWS | {"offered": long})),
        ),
        "agreement_on_no_network": refused("whose rules nobody knows", of(agreement(), "elsewhere")),
    }


def _proposal() -> Cases:
    def of(inside: Signed | bytes | None = None, header: dict[str, Any] | None = None, **fields: Any) -> Signed:
        made = signed_agreement(bob, agreement()) if inside is None else inside
        body = {
            "to": alice.id,
            "prekey": _PREKEY,
            "offer": _ID,
            "cover": "I drew the signs of forty bakeries.",
            "terms": terms(),
            "agreement": made if isinstance(made, bytes) else made.packed,
            "answers": [],
        }
        return record(bob, "proposal/1", body | fields, **{"in_": OFFER_PLACE, **_WEEK, **(header or {})})

    def with_terms(theirs: dict[str, Any], *clauses: str) -> Signed:
        agreed = agreement(terms=sha256(pack(theirs)), clauses=[*(clauses or ("1", "2"))])
        return of(signed_agreement(bob, agreed), terms=theirs)

    whole = signed_agreement(bob, agreement())
    forged = replace(whole, signature=bytes([whole.signature[0] ^ 1]) + whole.signature[1:])
    hours = terms(parts=[{"title": "The logo", "price": EUROS, "hours": 10}])
    lower = terms(parts=[{"title": "The logo", "price": EUROS | {"unit": "eur"}}])
    return {
        "proposal": taken("terms, and their author's signature under the agreement", of()),
        "proposal_without_offer": refused("in names the offer", of(header={"in_": ...})),
        "proposal_for_ever": refused("a proposal expires", of(header={"till": ...})),
        "proposal_expired_at_birth": refused("till is later than at", of(header={"till": START_MS})),
        "proposal_agreement_forged": refused("the signature inside does not hold", of(forged), UNVERIFIABLE),
        "proposal_agreement_by_another": refused(
            "in alice's own name, though with bob's key",
            of(record(bob, "agreement/1", agreement(), by=alice.id, in_=_CONTRACT, seq=0)),
        ),
        "proposal_agreement_with_another": refused(
            "it goes to alice, the agreement is with carol", of(signed_agreement(bob, agreement(client=carol.id)))
        ),
        "proposal_agreement_other_offer": refused(
            "about another offer", of(signed_agreement(bob, agreement(offer=_ID)))
        ),
        "proposal_agreement_other_network": refused(
            "for another network", of(signed_agreement(bob, agreement(), net="test-another"))
        ),
        "proposal_agreement_other_key": refused(
            "in bob's name, but with another key than the proposal",
            of(record(mallory, "agreement/1", agreement(), by=bob.id, in_=_CONTRACT, seq=0)),
        ),
        "proposal_other_terms": refused("the agreement commits to other terms", of(terms=terms(salt=_ID[:16]))),
        "proposal_other_count": refused("two parts, one milestone", with_terms(terms(2))),
        "proposal_other_clauses": refused("the agreement names other clauses", with_terms(terms(), "2", "1")),
        "proposal_hours_of_a_fixed_price": refused("hours a week are for hourly milestones", with_terms(hours)),
        "proposal_unit": refused("a unit has capitals and digits", with_terms(lower)),
    }


def _direct() -> Cases:
    decline = {"to": bob.id, "prekey": _PREKEY, "reason": ""}
    withdrawal = {"to": alice.id, "reason": "I am ill."}
    acknowledgment = {"to": bob.id, "ids": [_ID]}
    return {
        "decline": taken("a proposal is not taken", record(alice, "decline/1", decline, in_=_ID)),
        "decline_without_proposal": refused("in names the proposal", record(alice, "decline/1", decline)),
        "decline_to_oneself": refused("it goes to somebody else", record(bob, "decline/1", decline, in_=_ID)),
        "proposal_withdrawal": taken(
            "its author takes a proposal back", record(bob, "proposal-withdrawal/1", withdrawal, in_=_ID)
        ),
        "proposal_withdrawal_of_nothing": refused(
            "in names the proposal", record(bob, "proposal-withdrawal/1", withdrawal)
        ),
        "proposal_withdrawal_to_oneself": refused(
            "it goes to somebody else", record(alice, "proposal-withdrawal/1", withdrawal, in_=_ID)
        ),
        "acknowledgment": taken("it has arrived", record(alice, "acknowledgment/1", acknowledgment)),
    }
