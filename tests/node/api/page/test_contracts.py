"""A contract in two browsers without JavaScript: from the first delivery to the answer to a review."""

import pytest

from freehold.node.api.page import acts
from freehold.protocol import contract as table, text
from tests.cast import DAY_MS, alice, bob
from tests.node.api.story import agreed, finished

ALICE, BOB = (text.show(who.id, text.IDENTITY) for who in (alice, bob))
HASH = "ab" * 32


@pytest.fixture
async def contract(counters):
    return (await agreed(counters))[2]


async def do(reader, contract, verb, button="sign", part=1, **typed):
    """Open the form, send it, sign what is shown; the page that follows."""
    page = await reader.get(f"/contracts/{contract}/{verb}?part={part}")
    assert reader.status == 200, page.words
    preview = await reader.send(page.form(f"/contracts/{contract}/{verb}"), **typed)
    assert preview.says("Exactly this will be signed"), preview.words
    return await reader.send(preview.form(f"/contracts/{contract}/{verb}"), button)


async def test_a_milestone_from_delivery_to_money(readers, contract):
    at_alice, at_bob, _ = readers
    assert (await at_bob.get("/contracts")).says("Running", "A logo for a bakery", "you are the freelancer")
    page = await at_bob.get(f"/contracts/{contract}")
    assert page.says("Your turn.", "What if nobody does anything?", "Deliver", "signed the terms", "Two rounds")
    page = await do(at_bob, contract, "deliver", note="The sketch <b>is</b> here.", files=f"{HASH}  sketch final.png")
    assert page.says("Signed.", "delivered", "The sketch <b>is</b> here.", "sketch final.png", "Their turn:")
    assert "<b>is</b>" not in page.html
    page = await do(at_alice, contract, "revise", clauses=["1"], note="One more round.")
    assert page.says("asked for a revision", "Clauses: 1", "One more round.", "revisions left: 1")
    await do(at_bob, contract, "deliver", note="Again.")
    assert (await do(at_alice, contract, "accept")).says("accepted the work", "to be paid", "due: 150.00 EUR")
    page = await do(at_alice, contract, "pay", rail="SEPA", reference="F-17")
    assert page.says("paid", "150.00 EUR", "F-17")
    assert (await do(at_bob, contract, "confirm")).says("confirmed the money", "settled")


async def test_what_is_signed_is_about_the_milestone_whose_form_it_was(readers, counters, contract):
    page = await do(readers[1], contract, "deliver", part=2, note="The second one.")
    assert page.says("The second one.", "milestone 2")
    states = [one["state"] for one in (await counters[0].get(f"/contracts/{contract}"))["milestones"]]
    assert states == ["working", "delivered"]


async def test_terms_change_only_when_both_sign(readers, contract):
    at_alice, at_bob, _ = readers
    form = (await at_alice.get(f"/contracts/{contract}/amend")).form(f"/contracts/{contract}/amend")
    again = await at_alice.send(form)
    assert at_alice.status == 400
    assert again.says("nothing differs from the terms as they stand")
    preview = await at_alice.send(
        form, **{"amount-1": "200", "clause-id": "2", "clause-text": "In two colours.", "note": "It grew."}
    )
    assert preview.says("Exactly this will be signed", "In two colours.")
    page = await at_alice.send(preview.form(f"/contracts/{contract}/amend"), "sign")
    assert page.says("Other terms", "open", "Take it back", "150.00 EUR")
    page = await at_bob.get(f"/contracts/{contract}")
    assert page.says("It grew.", "In two colours.", "Agree", "Decline")
    agree = next(link for link in page.links if "/agree?" in link)
    preview = await at_bob.send((await at_bob.get(agree)).form(f"/contracts/{contract}/agree"))
    page = await at_bob.send(preview.form(f"/contracts/{contract}/agree"), "sign")
    assert page.says("200.00 EUR", "Changed 1 time", "agreed to the change")


async def test_whose_time_is_over_is_claimed_and_what_follows_is_said(readers, counters, market, contract):
    at_bob = readers[1]
    await do(at_bob, contract, "deliver")
    market.passes(DAY_MS)  # the client's node has it, and says when: from then on her time runs
    market.passes(12 * DAY_MS)
    page = await at_bob.get(f"/contracts/{contract}")
    assert page.says("Claim: the time is over")
    page = await do(at_bob, contract, "claim")
    assert page.says("claimed that the time is over", "Claimed: if the client says nothing until", "“silent”")


async def test_a_review_and_its_answer(readers, counters):
    at_alice, at_bob, _ = readers
    contract = await finished(counters)
    page = await at_alice.get(f"/contracts/{contract}")
    assert page.says("Write a review", "closed")
    for reader in (at_alice, at_bob):
        form = (await reader.get(f"/contracts/{contract}/review")).form(f"/contracts/{contract}/review")
        wrong = await reader.send(form, scope="5")
        assert wrong.says("a level is missing")
        preview = await reader.send(
            form, scope="4", communication="3", quality="4", time="2", again="4", text="A pleasure."
        )
        page = await reader.send(preview.form(f"/contracts/{contract}/review"), "sign")
        assert page.says("Your review", "A pleasure.", "/4")
    page = await at_bob.get(f"/people/{BOB}")
    answer = next(link for link in page.links if link.endswith("/reply"))
    preview = await at_bob.send((await at_bob.get(answer)).form(answer), text="Gladly again.")
    assert (await at_bob.send(preview.form(answer), "sign")).says("Gladly again.")


async def test_a_stranger_sees_who_signed_what_and_nothing_private(readers, counters, contract):
    at_carol = readers[2]
    page = await at_carol.get(f"/contracts/{contract}")
    assert at_carol.status == 200
    assert page.says("known to its parties only", "signed the terms")
    assert not page.says("Two rounds of changes.")
    assert not any(link.startswith(f"/contracts/{contract}/") for link in page.links)
    form = (await at_carol.get(f"/contracts/{contract}/accept")).form(f"/contracts/{contract}/accept")
    await at_carol.send(form)
    assert at_carol.status in (403, 409)


@pytest.mark.parametrize(
    "path", ["/accept?part=9", "/accept?part=x", "/accept?part=-1", "/steal", "/amend%00", "/accept?part=%ff"]
)
async def test_what_there_is_not_is_told(readers, contract, path):
    page = await readers[0].get(f"/contracts/{contract}{path}")
    assert readers[0].status in (200, 404, 409)
    assert page.says("That did not work") or readers[0].status == 200


@pytest.mark.parametrize(
    ("verb", "typed"),
    [
        ("deliver", {"files": "no hash at all"}), ("deliver", {"files": f"{HASH} a\n" * 51}),
        ("settle", {"award": "a half"}), ("settle", {"award": "101"}), ("settle", {"award": "1e9"}),
        ("absence", {"since": "yesterday", "until": ""}), ("dispute", {"text": ""}), ("block", {"need": ""}),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_told_and_stays(readers, contract, verb, typed):
    at_bob = readers[1]
    page = await at_bob.get(f"/contracts/{contract}/{verb}")
    page = await at_bob.send(page.form(f"/contracts/{contract}/{verb}"), **typed)
    assert 400 <= at_bob.status < 500
    kept = dict(page.form(f"/contracts/{contract}/{verb}").fields)
    name, value = next(iter(typed.items()))
    assert kept[name] == value.strip()


def view(state, role, part=1, basis="fixed", **more):
    return {
        "my_role": role, "my_turns": [part] if more.pop("mine", False) else [], "my_claims": [], "arbiters": ["a"],
        "appeal": True, "state": "active", "absences": [], "pings": [],
    }, {"part": part, "state": state, "basis": basis}  # fmt: skip


def offered(state, role, **more):
    main, others = acts.possible(*view(state, role, **more))
    return {act.verb for act in ([main] if main else []) + others}


def test_every_move_of_the_table_is_offered_to_whom_it_is_open_and_to_nobody_else():
    seen = set()
    for basis, moves in (("fixed", table.MOVES), ("hourly", table.HOURLY_MOVES)):
        for (state, kind), move in moves.items():
            verb = acts._VERBS[kind]
            seen.add(verb)
            for role in ("client", "freelancer"):
                allowed = move.who in (role, table.EITHER)
                if move.who not in (table.ARBITER, table.RESPONDENT):
                    assert (verb in offered(state, role, basis=basis)) == allowed, (state, verb, role)
            assert verb not in offered(state, None, basis=basis)
            assert verb in offered(
                state, "arbiter" if move.who == table.ARBITER else "client", basis=basis, mine=True
            ) or (move.who in ("client", "freelancer"))
    assert seen <= set(acts.ACTS)


def test_nothing_grave_is_the_main_button():
    for state in table.WAITS:
        for role in ("client", "freelancer", "arbiter"):
            main, _ = acts.possible(*view(state, role, mine=True))
            assert main is None or main.verb not in ("cancel", "dispute", "settle", "deny", "appeal", "pass")
