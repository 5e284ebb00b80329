"""What everybody may read: offers, profiles, inboxes, reviews, and what makes one of them sensible."""

from __future__ import annotations

from typing import Any

import pytest

from freehold.protocol import limits
from freehold.protocol.errors import Malformed, NotAllowed
from freehold.protocol.kinds.offer import FIXED, HOURLY, MAX_LIFE_MS, OFFER, SERVICE, WANTED, Budget, Intake, Offer
from freehold.protocol.kinds.profile import INBOX, INBOX_SLOT, MAX_INBOX_MS, PROFILE, Inbox, Profile
from freehold.protocol.kinds.review import REVIEW, Review
from freehold.protocol.kinds.values import CLIENT, FREELANCER, check_languages, check_skills, check_unit, other
from tests.cast import START_MS, alice, bob, inbox, offer, profile, review, signed, slot, story

TOLD = story()


def test_an_offer_says_what_is_wanted_or_given() -> None:
    wanted = OFFER.open(offer(skills=("logo", "print"), languages=("en", "pt-BR")))
    given = OFFER.open(offer(bob, side=SERVICE, budget=Budget(HOURLY, "USDC", 0, limits.MAX_INTEGER)))

    assert (wanted.author_role, given.author_role) == (CLIENT, FREELANCER)
    assert OFFER.open(offer(budget=None, closed=True)).closed


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": "  "}, "title is empty"),
        ({"budget": Budget(FIXED, "eur", 1, 2)}, "currency 'eur'"),
        ({"budget": Budget(FIXED, "EUR", 3, 2)}, "lower end is above"),
        ({"skills": ("logo", "LOGO")}, "skill is named twice"),
        ({"languages": ("en", "en")}, "language is named twice"),
        ({"languages": ("English",)}, "'English' is not a language"),
        ({"intake": Intake(languages=("en_GB",))}, "'en_GB' is not a language"),
    ],
)
def test_an_offer_makes_sense(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        OFFER.open(offer(**fields))


@pytest.mark.parametrize(
    "header",
    [
        {"till": START_MS + 1},
        {"slot": bytes(15), "till": START_MS + 1},
        {"slot": slot(1)},
        {"slot": slot(1), "till": START_MS},
        {"slot": slot(1), "till": START_MS + MAX_LIFE_MS + 1},
    ],
)
def test_an_offer_has_a_place_and_an_end(header: dict[str, Any]) -> None:
    body = Offer(WANTED, "A logo for a bakery")
    assert OFFER.open(signed(OFFER, body, alice, slot=slot(1), till=START_MS + MAX_LIFE_MS)) == body
    with pytest.raises(NotAllowed, match=r"expires|slot"):
        OFFER.open(signed(OFFER, body, alice, **header))


@pytest.mark.parametrize(
    "fields",
    [
        {"side": "gift"},
        {"title": ""},
        {"title": "x" * 201},
        {"title": "a\nb"},
        {"description": "x" * 6001},
        {"skills": tuple(f"skill {n}" for n in range(21))},
        {"languages": ("e",)},
        {"budget": Budget("weekly", "EUR", 1, 2)},
        {"budget": Budget(FIXED, "EUR", -1, 2)},
        {"intake": Intake(least_characters=4001)},
        {"intake": Intake(questions=("",))},
        {"description": "ż" * 4096},
    ],
)
def test_an_offer_keeps_its_bounds(fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        offer(**fields)


def test_a_profile_is_one_per_person() -> None:
    assert PROFILE.open(profile(bob, roles=(CLIENT, FREELANCER))).name == "Bob"
    twice: list[tuple[dict[str, Any], str]] = [
        ({"roles": (CLIENT, CLIENT)}, "role"),
        ({"skills": ("a", "A")}, "skill"),
        ({"languages": ("e1",)}, "e1"),
    ]
    for fields, why in twice:
        with pytest.raises(NotAllowed, match=why):
            PROFILE.open(profile(bob, **fields))
    with pytest.raises(NotAllowed, match="slot 'profile'"):
        PROFILE.open(signed(PROFILE, Profile("Bob"), bob, slot=b"another"))


def test_an_inbox_ends_within_two_weeks() -> None:
    assert INBOX.open(inbox(alice, life_ms=MAX_INBOX_MS)).prekey == alice.prekey[1]
    for life_ms in (0, MAX_INBOX_MS + 1):
        with pytest.raises(NotAllowed, match="14 days"):
            INBOX.open(inbox(alice, life_ms=life_ms))
    strange: list[dict[str, Any]] = [
        {"till": START_MS + 1},
        {"slot": b"profile", "till": START_MS + 1},
        {"slot": INBOX_SLOT},
    ]
    for header in strange:
        with pytest.raises(NotAllowed):
            INBOX.open(signed(INBOX, Inbox(bytes(32), ()), alice, **header))


@pytest.mark.parametrize("node", ["/ip4/127.0.0.1/tcp/4001", "example.org", "ip4/1.2.3.4/p2p/x"])
def test_an_inbox_names_nodes_that_can_be_dialled(node: str) -> None:
    with pytest.raises(NotAllowed, match="multiaddr"):
        INBOX.open(inbox(alice, nodes=(node,)))


def test_a_review_is_of_the_other_and_stays() -> None:
    body = REVIEW.open(TOLD.client_reviews)
    assert (body.subject, body.levels) == (bob.id, (4, 4, 4, 4, 4))

    with pytest.raises(NotAllowed, match="themselves"):
        REVIEW.open(review(alice, alice, TOLD.contract))
    strange: list[tuple[dict[str, Any], str]] = [
        ({}, "names its contract"),
        ({"context": bytes(32), "slot": b"x"}, "stays for ever"),
        ({"context": bytes(32), "till": START_MS + 1}, "stays for ever"),
    ]
    for header, why in strange:
        with pytest.raises(NotAllowed, match=why):
            REVIEW.open(signed(REVIEW, body, alice, **header))


@pytest.mark.parametrize("level", [-1, 5, True])
def test_a_level_is_0_to_4(level: int) -> None:
    with pytest.raises(Malformed, match="from 0 to 4"):
        signed(REVIEW, Review(bob.id, 4, 4, level, 4, 4, bytes(16)), alice, context=bytes(32))


@pytest.mark.parametrize("unit", ["", "EU", "eur", "EUROEUROE", "1EU", "EUR ", "EUR\n", "ÉUR"])
def test_what_is_no_currency(unit: str) -> None:
    check_unit("EUR")
    check_unit("USDC1234")
    with pytest.raises(NotAllowed):
        check_unit(unit)


@pytest.mark.parametrize("tag", ["", "e", "EN", "engl", "en-", "en-B", "en_GB", "en\n", "en-123456789"])
def test_what_is_no_language(tag: str) -> None:
    check_languages(("en", "pt-BR", "zh-Hant-TW", "gsw"))
    with pytest.raises(NotAllowed):
        check_languages((tag,))


def test_skills_are_the_same_in_any_case() -> None:
    check_skills(("logo", "print"))
    for twice in (("logo", "Logo"), ("straße", "STRASSE")):
        with pytest.raises(NotAllowed):
            check_skills(twice)
    assert (other(CLIENT), other(FREELANCER)) == (FREELANCER, CLIENT)
