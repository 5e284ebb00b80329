"""kinds/, the fourth part: what belongs to a contract and stands in no chain: receipts, fork proofs, notes, reviews."""

from __future__ import annotations

from typing import Any

from ..case import MALFORMED, UNVERIFIABLE, Cases
from ..deal import ANY_ID, BODIES, Chains, agreement, commitment, review, review_body, signed_agreement, terms
from ..plain import DAY_MS, START_MS, Author, Signed, alice, bob, carol, mallory, record
from .kinds import all_refused, place, refused, taken

_CONTRACT = Chains().contract
_TILL = {"till": START_MS + DAY_MS}


def cases() -> Cases:
    """All of them."""
    return {**_receipt(), **_fork(), **_fork_of_two(), **_notes_and_reviews(), **_lasting()}


def _receipt_of(*ids: bytes, **more: Any) -> Signed:
    return record(carol, "receipt/1", {"ids": [*ids]}, **({"in_": _CONTRACT} | more))


def _receipt() -> Cases:
    of = _receipt_of

    return {
        "receipt": taken("a witness had these records", of(ANY_ID, _CONTRACT)),
        "receipt_about_a_milestone": refused("it names no part", of(ANY_ID, part=0)),
        "receipt_names_twice": refused("each once", of(ANY_ID, ANY_ID)),
    }


def _halves(author: Author = bob, second: Author = bob, **more: Any) -> tuple[Signed, Signed]:
    """Two deliveries for one place without their bodies, the smaller id first; `more` sets the other's header."""
    place = {"in_": _CONTRACT, "part": 0, "seq": 1, "prev": _CONTRACT}
    one = record(author, "delivery/1", BODIES["delivery/1"], **place)
    other = record(second, "delivery/1", BODIES["delivery/1"] | {"note": "Another."}, **(place | more))
    first, last = sorted((one, other), key=lambda each: each.id)
    return first, last


def _proof(one: bytes, other: bytes, **more: Any) -> Signed:
    header = {"in_": _CONTRACT, "slot": bob.public()} | more
    return record(mallory, "fork/1", {"one": one, "other": other}, **header)


def _fork() -> Cases:
    one, other = _halves()
    first, second = one.public.packed, other.public.packed
    forged = first[:-3] + bytes([first[-3] ^ 1]) + first[-2:]
    return {
        "fork": taken("two headers for one place", _proof(first, second), place(mallory, "fork/1", bob.public())),
        "fork_with_a_body": refused("headers only", _proof(one.packed, second)),
        "fork_upside_down": refused("the smaller id first", _proof(second, first)),
        "fork_of_one": refused("two different records", _proof(first, first)),
        "fork_forged": refused("a signature inside does not hold", _proof(forged, second), UNVERIFIABLE),
        "fork_in_another_contract": refused("it stands in theirs", _proof(first, second, in_=ANY_ID)),
        "fork_in_another_network": refused("and in their network", _proof(first, second, net="test-another")),
        "fork_other_slot": refused("its slot is the key that forked", _proof(first, second, slot=alice.public())),
        "fork_expires": refused("it has no till", _proof(first, second, **_TILL)),
    }


def _fork_of_two() -> Cases:
    def of(one: Signed, other: Signed, **more: Any) -> Signed:
        return _proof(one.public.packed, other.public.packed, **more)

    def signatures(**fields: Any) -> tuple[Signed, Signed]:
        contract = {"in_": _CONTRACT}
        one = signed_agreement(bob, agreement(), **contract)
        other = signed_agreement(bob, agreement(**fields), at=1, **contract)
        first, last = sorted((one, other), key=lambda each: each.id)
        return first, last

    return {
        "fork_of_two_authors": all_refused(
            "one author, and one key", of(*_halves(second=alice)), of(*_halves(second=alice, by=bob.id))
        ),
        "fork_of_two_contracts": refused("one contract", of(*_halves(in_=ANY_ID))),
        "fork_of_two_places": all_refused("one place of a chain", of(*_halves(seq=2)), of(*_halves(seq=..., prev=...))),
        "fork_of_one_agreement": refused("who signs an agreement twice says nothing new", of(*signatures())),
    }


_WORDS: dict[str, Any] = {"text": "Make it bluer.", "files": []}
_USUAL = review_body(bob.id)


def _note(body: dict[str, Any] = _WORDS, **more: Any) -> Signed:
    return record(alice, "note/1", body, **({"in_": _CONTRACT} | more))


def _reply(**more: Any) -> Signed:
    return record(bob, "review-reply/1", {"text": "Thanks."}, **({"in_": _CONTRACT, "slot": ANY_ID} | more))


def _notes_and_reviews() -> Cases:
    least = _USUAL | dict.fromkeys(("scope", "communication", "quality", "time", "again"), 0)

    def of(**fields: Any) -> Signed:
        return record(alice, "review/1", least | fields, in_=_CONTRACT)

    return {
        "note": taken("words behind an entry", _note()),
        "note_with_terms": taken("new terms, of an amendment", _note(_WORDS | {"terms": terms()})),
        "review_commit": taken("a promise", commitment(alice, _USUAL, _CONTRACT)),
        "review": taken("one party about the other", review(alice, bob.id, _CONTRACT)),
        "review_of_oneself": refused("of somebody else", review(mallory, mallory.id, _CONTRACT)),
        "review_level_true": refused("true is not 1", of(again=True), MALFORMED),
        "review_level_5": refused("levels are 0 to 4", of(scope=5), MALFORMED),
        "review_salt_15_bytes": refused("a salt has 16 bytes", of(salt=bytes(15)), MALFORMED),
        "review_reply": taken("one answer to a review", _reply(), place(bob, "review-reply/1", ANY_ID)),
        "review_reply_other_slot": refused("its slot is the review's id", _reply(slot=ANY_ID[:31])),
    }


def _lasting() -> Cases:
    def all_of(**more: Any) -> list[Signed]:
        """Everything that stands beside the chains and stays for ever."""
        promised, written = commitment(alice, _USUAL, _CONTRACT, **more), review(alice, bob.id, _CONTRACT, **more)
        return [_receipt_of(ANY_ID, **more), _note(**more), promised, written]

    signatures = [signed_agreement(alice, agreement(), **more) for more in ({"slot": b"x"}, _TILL)]
    return {
        "beside_without_contract": all_refused("in names the contract", *all_of(in_=...), _reply(in_=...)),
        "beside_in_a_chain": all_refused("receipts and notes stand in no chain", *all_of(seq=0)[:2]),
        "beside_expires": all_refused("it has no till", *all_of(**_TILL), _reply(**_TILL), signatures[1]),
        "beside_replaceable": all_refused("it has no slot", *all_of(slot=b"x"), signatures[0]),
    }
