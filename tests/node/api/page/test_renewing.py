"""An open page is renewed in parts when something happens: what others do may change nothing beside those parts."""

from html.parser import HTMLParser

import pytest

from freehold.protocol import text
from tests.cast import alice, bob
from tests.node.api.page.reader import VOID
from tests.node.api.story import BID, LEVELS, LOGO, agreed, finished

ALICE, BOB = (text.show(who.id, text.IDENTITY) for who in (alice, bob))


class Still(HTMLParser):
    """What stays as it is while a page is open: all but the parts that `live.js` renews, and the title."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._renewed: list[str] = []
        self.feed(html)
        assert self._renewed == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag in VOID:
            return
        if self._renewed or "data-live" in has or tag == "title" or has.get("class") in ("nav", "menu"):
            assert not (self._renewed and "data-live" in has), "one part that is renewed within another"
            self._renewed.append(tag)
        else:
            self.seen.append(f"<{tag} {has.get('class', '')} {has.get('href', '')}>")

    def handle_endtag(self, tag: str) -> None:
        if self._renewed and tag not in VOID:
            assert self._renewed.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._renewed and data.strip():
            self.seen.append(data.strip())


async def read(reader, path):
    """(the whole page, what stays of it while it is open)."""
    page = await reader.get(path)
    assert reader.status == 200, page.words
    return page.html, Still(page.html).seen


async def only_parts_differ(reader, path, act):
    """Something happens while somebody has a page open."""
    whole, still = await read(reader, path)
    await act()
    whole_after, still_after = await read(reader, path)
    assert whole_after != whole
    assert still_after == still


async def test_a_deal_as_the_other_side_sees_it(readers, counters):
    at_alice, at_bob, _ = readers
    alice_does, bob_does, _ = counters
    deal = f"/contracts/{(await agreed(counters))[2]}"

    async def seen_by(reader, who, path, body):
        async def act():
            answer = await who.post(path, body)
            assert who.status in (200, 201), answer

        await only_parts_differ(reader, deal, act)

    for part in (1, 2):
        for who, reader, verb, body in (
            (bob_does, at_alice, "deliver", {"note": "Here."}),
            (alice_does, at_bob, "revise", {"clauses": ["1"], "note": "Again."}),
            (bob_does, at_alice, "deliver", {"note": "Here."}),
            (alice_does, at_bob, "accept", {}),
            (alice_does, at_bob, "pay", {"rail": "SEPA"}),
            (bob_does, at_alice, "confirm", {}),
        ):
            await seen_by(reader, who, f"{deal}/{verb}", {"part": part, **body})
    review = {"contract": deal.removeprefix("/contracts/"), **LEVELS, "text": "Good."}
    await seen_by(at_alice, alice_does, "/reviews", review)


async def test_a_proposal_and_its_offer(readers, counters):
    at_alice, at_bob, _ = readers
    alice_does, bob_does, _ = counters
    offer = (await alice_does.post("/offers", LOGO))["offer"]
    proposals: list[str] = []

    async def propose():
        proposals.append((await bob_does.post("/proposals", {"offer": offer, **BID}))["proposal"])

    async def accept():
        await alice_does.post(f"/proposals/{proposals[0]}/accept")
        assert alice_does.status in (200, 201)

    async def close():
        await alice_does.post(f"/offers/{offer}/close")
        assert alice_does.status in (200, 201)

    await only_parts_differ(at_alice, f"/offers/{offer}/proposals", propose)
    await only_parts_differ(at_bob, f"/proposals/{proposals[0]}", accept)
    await only_parts_differ(at_bob, f"/offers/{offer}", close)


@pytest.mark.parametrize("path", [f"/people/{BOB}", f"/reputation/{BOB}"])
async def test_what_is_said_of_somebody(readers, counters, path):
    at_alice = readers[0]
    alice_does, bob_does, _ = counters
    contract = await finished(counters)

    async def review():
        for who in (bob_does, alice_does):
            await who.post("/reviews", {"contract": contract, **LEVELS, "text": "Good."})
            assert who.status in (200, 201)

    await only_parts_differ(at_alice, path, review)


async def test_a_part_that_is_not_renewed_would_be_noticed(readers, counters):
    """A planted bug: the head of a page whose state is not renewed, as it once was."""
    at_alice = readers[0]
    deal = f"/contracts/{await finished(counters)}"
    over = (await at_alice.get(deal)).html
    assert 'class="head" data-live' in over
    assert "Write a review" not in Still(over).seen
    assert "Write a review" in Still(over.replace('class="head" data-live', 'class="head" data-dead')).seen
