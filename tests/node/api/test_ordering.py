"""Search results stand in the order of their authors' reputation, which is said, and can be turned off."""

from freehold.protocol import text
from tests.cast import DAY_MS, alice, bob, carol, offer, person, story


def hears_of(stall, freelancer, level, now):
    """A service of somebody, and a review of theirs by a client of their own."""
    client = person(f"client of {freelancer.name}")
    told = story(client, freelancer, now - 2 * DAY_MS, level=level)
    for record in (client.inception, freelancer.inception, offer(freelancer, "A logo", now, side="service")):
        stall.judges(record, now)
    for record in (*told.contract_records, *told.commits, told.client_reviews, told.freelancer_reviews):
        stall.judges(record, now)


async def test_better_known_people_come_first_unless_it_is_turned_off(market, counters):
    at_alice = counters[0]
    stall = market.stalls[alice.id]
    good, bad = person("good"), person("bad")
    hears_of(stall, good, 4, market.now)
    hears_of(stall, bad, 0, market.now)
    by_time = await at_alice.get("/offers/search", order="time", side="service")
    assert [view["author"] for view in by_time["offers"]] == [text.show(who.id, text.IDENTITY) for who in (bad, good)]
    assert (by_time["order"], by_time["ordered"]) == ("time", "as they come, newest first")
    found = await at_alice.get("/offers/search", side="service")
    assert [view["author"] for view in found["offers"]] == [text.show(who.id, text.IDENTITY) for who in (good, bad)]
    assert found["order"] == "reputation"
    assert "personal" in found["ordered"]
    assert "nobody's place" in found["ordered"], "alice has dealt with nobody yet, and is told so"
    assert await at_alice.denied("GET", "/offers/search", order="luck") == (400, "bad-request")


async def test_two_people_are_compared_and_a_score_has_a_history(market, counters):
    at_carol = counters[2]
    stall = market.stalls[carol.id]
    good, bad = person("good"), person("bad")
    hears_of(stall, good, 4, market.now)
    hears_of(stall, bad, 0, market.now)
    names = [text.show(who.id, text.IDENTITY) for who in (bad, good)]
    compared = await at_carol.get(f"/reputation/{names[0]}/compare", other=names[1])
    assert compared["first"] == names[1]
    assert compared["apart"] is True
    assert [one["identity"] for one in compared["people"]] == names
    (change,) = (await at_carol.get(f"/reputation/{names[0]}/history"))["changes"]
    assert change["mean"] == compared["people"][0]["mean"]
    assert len(change["because"]) == 1
    there = text.show(person("client of good").id, text.IDENTITY)
    theirs = await at_carol.get(f"/reputation/{names[0]}", **{"as": there})
    assert (theirs["counted"], theirs["left_out"], theirs["anywhere"]["counted"]) == (0, 1, 1)
    assert theirs["seen"].startswith("from that person's place")
    only = await at_carol.get(f"/reputation/{names[0]}", role="client")
    assert (only["counted"], only["conduct"]["freelancer"]["contracts"]) == (0, 1)
    assert await at_carol.denied("GET", f"/reputation/{names[0]}/compare") == (400, "bad-request")


async def test_somebody_who_is_not_there_has_no_history(counters):
    unknown = text.show(bob.id[::-1], text.IDENTITY)
    assert await counters[2].denied("GET", f"/reputation/{unknown}/history") == (404, "not-found")
