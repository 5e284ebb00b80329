"""kinds/: records whose form and signature are right, and what the rules of their kind say of them (specs/kinds)."""

from __future__ import annotations

from typing import Any

from ..case import MALFORMED, NOT_ALLOWED, OK, UNSUPPORTED, Case, Cases
from ..deal import MONTH, OFFER_PLACE, SLOT, changed, filled, offer
from ..plain import DAY_MS, START_MS, Author, Encoded, Signed, alice, bob, named, pack, record, sha256

_ID = sha256(b"any id")
_PREKEY = sha256(b"any prekey")
_WEEK: dict[str, Any] = {"till": START_MS + 7 * DAY_MS}


def cases() -> Cases:
    """All of them."""
    return {
        **_inception(),
        **_profile(),
        **_inbox(),
        **_offer(),
        **_listing(),
        "unknown_kind": refused(
            "a kind that is not known here is kept, not judged", record(alice, "org.example.x/1", {}), UNSUPPORTED
        ),
    }


def taken(about: str, made: Signed, at_place: bytes | None = None) -> Case:
    """A record that its kind takes."""
    return Case(about, "check", {"record": made.packed}, OK, {"place": at_place})


def all_taken(about: str, *made: Signed) -> Case:
    """Records that their kinds take, none of which fills a place."""
    return Case(about, "check-all", {"records": [each.packed for each in made]}, OK, {})


def all_refused(about: str, *made: Signed, expect: str = NOT_ALLOWED) -> Case:
    """Records of several kinds with the same flaw."""
    return Case(about, "check-all", {"records": [each.packed for each in made]}, expect)


def refused(about: str, made: Signed, expect: str = NOT_ALLOWED) -> Case:
    """A record that it refuses."""
    return Case(about, "check", {"record": made.packed}, expect)


def place(author: Author, kind: str, slot: bytes) -> bytes:
    """The name of a replaceable place."""
    return named("freehold/place/1", author.id + kind.encode() + b"\0" + slot)


def incepted(author: Author, body: dict[str, Any] | None = None, **more: Any) -> Signed:
    """The record that opens an identity's log."""
    fields = author.inception if body is None else body
    by = named("freehold/identity/1", pack(fields))
    return record(author, "inception/1", fields, **{"at": START_MS - DAY_MS, "by": by, "in_": by, "seq": 0, **more})


def _inception() -> Cases:
    bobs_key = alice.inception | {"key": bob.public()}
    return {
        "inception": taken("a key's own statement, on which an identity's name rests", incepted(alice)),
        "inception_field_too_many": refused(
            "three fields and no other: the identity is their hash",
            incepted(alice, alice.inception | {"zz": 1}, by=alice.id, in_=alice.id),
        ),
        "inception_of_another": refused("by is not the hash of the body", incepted(alice, by=bob.id, in_=bob.id)),
        "inception_key_of_another": refused("signed by another key than it names", incepted(alice, bobs_key)),
        "inception_in_another": refused("in is not the identity", incepted(alice, in_=bob.id)),
        "inception_not_the_first": refused("an inception is seq 0", incepted(alice, seq=1, prev=_ID)),
        "inception_replaceable": refused("it has no slot", incepted(alice, slot=b"x")),
        "inception_expires": refused("it has no till", incepted(alice, **_WEEK)),
    }


def _profile() -> Cases:
    usual = {"name": "Alice", "about": "A\nbaker", "roles": ["client"], "skills": ["bread"], "languages": ["en"]}

    def of(body: Any = None, **fields: Any) -> Signed:
        return record(alice, "profile/1", changed(usual, fields) if body is None else body, slot=b"profile")

    return {
        "profile": taken("who somebody is", of(), place(alice, "profile/1", b"profile")),
        "profile_unknown_field": taken(
            "unknown fields of a body are left alone", of(pets=2), place(alice, "profile/1", b"profile")
        ),
        "profile_other_slot": refused("its slot is 'profile'", record(alice, "profile/1", usual, slot=b"p")),
        "profile_role_twice": refused("a role is named once", of(roles=["client", "client"])),
        "profile_skill_twice": refused("a skill is named once, whatever its case", of(skills=["Bread", "bread"])),
        "profile_language_twice": refused("a language is named once", of(languages=["en", "en"])),
        "profile_without_about": refused("text may be empty, but not missing", of(about=...), MALFORMED),
        "profile_name_61_characters": refused("a name has 1 to 60 characters", of(name="\u00e9" * 61), MALFORMED),
        "profile_name_60_characters": taken(
            "characters count, not bytes", of(name="\u00e9" * 60), place(alice, "profile/1", b"profile")
        ),
        "profile_name_is_bytes": refused("text is text", of(name=b"Alice"), MALFORMED),
        "profile_roles_is_a_map": refused("an array is an array", of(roles={}), MALFORMED),
        "body_not_a_map": refused("a body is a map", of([1]), MALFORMED),
        "profile_name_line_break": refused("a name is one line", of(name="A\nB"), MALFORMED),
        "body_missing": refused("without its body nothing can be said", of().public, MALFORMED),
        "body_not_canonical": refused("a body is canonical too", of(Encoded(b"\xde\x00\x00")), MALFORMED),
    }


def _inbox() -> Cases:
    node = "/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf"
    usual = {"prekey": _PREKEY, "nodes": [node]}

    def of(body: dict[str, Any] = usual, **more: Any) -> Signed:
        return record(alice, "inbox/1", body, **{"slot": b"inbox", "till": START_MS + 14 * DAY_MS, **more})

    return {
        "inbox": taken("where somebody is reached", of(), place(alice, "inbox/1", b"inbox")),
        "inbox_with_stamp": taken(
            "and what is asked of strangers", of(usual | {"stamp": 16}), place(alice, "inbox/1", b"inbox")
        ),
        "inbox_stamp_33": refused("of 32 bits at most", of(usual | {"stamp": 33}), MALFORMED),
        "inbox_other_slot": refused("its slot is 'inbox'", of(slot=b"i")),
        "inbox_for_ever": refused("an inbox expires", of(till=...)),
        "inbox_over_14_days": refused("after 14 days at most", of(till=START_MS + 14 * DAY_MS + 1)),
        "inbox_prekey_31_bytes": refused("a prekey has 32 bytes", of(usual | {"prekey": bytes(31)}), MALFORMED),
        "inbox_prekey_is_text": refused("bytes are bytes", of(usual | {"prekey": "k" * 32}), MALFORMED),
        "inbox_node_without_peer": refused(
            "a node is named with /p2p/", of(usual | {"nodes": [node.split("/p2p", maxsplit=1)[0]]})
        ),
    }


def _offer() -> Cases:
    budget = offer()["budget"]

    def of(header: dict[str, Any] = MONTH, **fields: Any) -> Signed:
        return record(alice, "offer/1", offer(**fields), **header)

    return {
        "offer": taken("work that somebody wants done", of(), OFFER_PLACE),
        "offer_without_budget": taken("an optional field is absent", of(budget=..., closed=True), OFFER_PLACE),
        "offer_without_slot": refused("an offer is replaceable", of({"till": MONTH["till"]})),
        "offer_slot_15_bytes": refused("a slot of 16 bytes", of(MONTH | {"slot": SLOT[:15]})),
        "offer_for_ever": refused("an offer expires", of({"slot": SLOT})),
        "offer_over_180_days": refused("after 180 days at most", of(MONTH | {"till": START_MS + 180 * DAY_MS + 1})),
        "offer_expired_at_birth": refused("till is later than at", of(MONTH | {"till": START_MS})),
        "offer_title_blank": refused("spaces are no title", of(title="  ")),
        "offer_unit_lower_case": refused("a unit has capitals and digits", of(budget=budget | {"unit": "eur"})),
        "offer_budget_upside_down": refused("low is not above high", of(budget=budget | {"low": 20_001})),
        "offer_skill_twice": refused("a skill is named once", of(skills=["a", "A"])),
        "offer_language_unknown_form": refused("a language is a BCP 47 tag", of(languages=["English"])),
        "offer_intake_language_twice": refused(
            "also in the rules for proposals",
            of(intake={"least_characters": 0, "questions": [], "languages": ["en", "en"]}),
        ),
        "offer_body_8192_bytes": taken("the longest body", of(**filled(offer(), 8192)), OFFER_PLACE),
        "offer_body_8193_bytes": refused("a byte too many", of(**filled(offer(), 8193)), MALFORMED),
    }


def _listing() -> Cases:
    usual = {
        "service": "arbiter",
        "about": "I know logos.",
        "skills": ["drawing"],
        "languages": ["en"],
        "closed": False,
    }

    def of(slot: bytes = b"arbiter", **fields: Any) -> Signed:
        return record(alice, "listing/1", usual | fields, slot=slot)

    return {
        "listing": taken("a service for others' contracts", of(), place(alice, "listing/1", b"arbiter")),
        "listing_other_slot": refused("its slot is the service", of(b"witness")),
        "listing_twice": all_refused("each once", of(skills=["a", "A"]), of(languages=["en", "en"])),
    }
