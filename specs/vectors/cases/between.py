"""kinds/, the second half: records between two parties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..case import MALFORMED, UNVERIFIABLE, Cases
from ..deal import BODIES, EUROS, OFFER_PLACE, Chains, agreement, review, signed_agreement, terms
from ..plain import DAY_MS, START_MS, Author, Signed, alice, bob, carol, mallory, pack, record, sha256
from .kinds import place, refused, taken

_ID = sha256(b"any id")
_PREKEY = sha256(b"any prekey")
_CONTRACT = Chains().contract
_WEEK: dict[str, Any] = {"till": START_MS + 7 * DAY_MS}


def cases() -> Cases:
    """All of them."""
    return {**_agreement(), **_entries(), **_proposal(), **_direct(), **_review()}


def _agreement() -> Cases:
    usual = agreement()

    def of(author: Author = alice, body: dict[str, Any] = usual, **more: Any) -> Signed:
        return signed_agreement(author, body, **more)

    return {
        "agreement": taken("one of the two signatures under a contract", of()),
        "agreement_20_milestones": taken("as many as there may be", of(body=agreement(20))),
        "agreement_21_milestones": refused("one too many", of(body=agreement(21)), MALFORMED),
        "agreement_in_another": refused("in is the body's hash", of(in_=_ID)),
        "agreement_without_seq": refused("it opens a chain", of(seq=...)),
        "agreement_replaceable": refused("it has no slot", of(slot=b"x")),
        "agreement_with_oneself": refused("two parties", of(body=agreement(freelancer=alice.id))),
        "agreement_of_a_stranger": refused("only a party signs", of(carol)),
    }


def _entries() -> Cases:
    def of(kind: str, body: Any = None, **more: Any) -> Signed:
        return Chains().enters(bob, kind, body=body, **more)

    lower = EUROS | {"unit": "eur"}
    good = {kind.partition("/")[0].replace("-", "_"): taken(f"a plain {kind}", of(kind, part=19)) for kind in BODIES}
    return good | {
        "entry_without_contract": refused("in names the contract", of("delivery/1", in_=..., seq=..., prev=...)),
        "entry_without_part": refused("part names the milestone", of("delivery/1", part=...)),
        "entry_part_20": refused("a contract has at most 20 milestones", of("delivery/1", part=20)),
        "entry_outside_chain": refused("seq and prev name its place", of("delivery/1", seq=..., prev=...)),
        "entry_expires": refused("it has no till", of("acceptance/1", **_WEEK)),
        "payment_sent_unit": refused(
            "a unit has capitals and digits", of("payment-sent/1", BODIES["payment-sent/1"] | {"paid": lower})
        ),
        "payment_received_unit": refused(
            "a unit has capitals and digits", of("payment-received/1", {"received": lower})
        ),
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

    def with_terms(theirs: dict[str, Any]) -> Signed:
        return of(signed_agreement(bob, agreement(terms=sha256(pack(theirs)))), terms=theirs)

    whole = signed_agreement(bob, agreement())
    forged = replace(whole, signature=bytes([whole.signature[0] ^ 1]) + whole.signature[1:])
    twice = terms(clauses=[{"id": "1", "text": "a"}, {"id": "1", "text": "b"}])
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
        "proposal_clause_twice": refused("clauses have names of their own", with_terms(twice)),
        "proposal_unit": refused("a unit has capitals and digits", with_terms(lower)),
    }


def _direct() -> Cases:
    decline = {"to": bob.id, "prekey": _PREKEY, "reason": ""}
    acknowledgment = {"to": bob.id, "ids": [_ID]}
    return {
        "decline": taken("a proposal is not taken", record(alice, "decline/1", decline, in_=_ID)),
        "decline_without_proposal": refused("in names the proposal", record(alice, "decline/1", decline)),
        "decline_to_oneself": refused("it goes to somebody else", record(bob, "decline/1", decline, in_=_ID)),
        "acknowledgment": taken("it has arrived", record(alice, "acknowledgment/1", acknowledgment)),
    }


def _review() -> Cases:
    usual = review(alice, bob.id, _CONTRACT)
    least = {"subject": bob.id, "scope": 0, "communication": 0, "quality": 0, "time": 0, "again": 0, "text": ""}
    there = {"in_": _CONTRACT, "slot": _CONTRACT}
    return {
        "review": taken("one party about the other", usual, place(alice, "review/1", _CONTRACT)),
        "review_body_4096_bytes": taken(
            "the longest body", review(alice, bob.id, _CONTRACT, 4096), place(alice, "review/1", _CONTRACT)
        ),
        "review_body_4097_bytes": refused("a byte too many", review(alice, bob.id, _CONTRACT, 4097), MALFORMED),
        "review_without_contract": refused(
            "in names the contract", review(alice, bob.id, _CONTRACT, in_=..., slot=...)
        ),
        "review_other_slot": refused("its slot is the contract's name", review(alice, bob.id, _CONTRACT, slot=_ID)),
        "review_expires": refused("it has no till", review(alice, bob.id, _CONTRACT, **_WEEK)),
        "review_of_oneself": refused("of somebody else", review(mallory, mallory.id, _CONTRACT)),
        "review_level_true": refused(
            "true is not 1", record(alice, "review/1", least | {"again": True}, **there), MALFORMED
        ),
        "review_level_5": refused(
            "levels are 0 to 4", record(alice, "review/1", least | {"scope": 5}, **there), MALFORMED
        ),
    }
