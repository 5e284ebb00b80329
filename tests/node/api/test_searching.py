"""Searches over the API: every filter, the author's record among them; searches that are kept; what others pay."""

import json

from freehold.node.core import finding, glancing, searching
from freehold.protocol import text
from freehold.protocol.kinds.offer import HOURLY, Budget
from tests.cast import DAY_MS, HOUR_MS, alice, bob, carol, offer, person, story
from tests.node.api.acts import later, said, signed
from tests.node.api.story import LOGO
from tests.node.api.test_ordering import hears_of

CHEAP = {"basis": "fixed", "unit": "EUR", "low": 40_000, "high": 59_999}


def titles(page):
    return [view["title"] for view in page["offers"]]


def told(found):
    return [notice["text"] for notice in found["notices"] if notice["topic"] == "offer"]


async def test_filters_narrow_a_search(market, counters):
    at_alice, at_bob, _ = counters
    await at_alice.post("/offers", LOGO | {"title": "A sign", "skills": ["Ink"]})
    market.now += DAY_MS
    hourly = {"basis": "hourly", "unit": "EUR", "low": 2_000, "high": 4_000}
    await at_alice.post("/offers", LOGO | {"title": "Bookkeeping", "skills": ["Tax"], "budget": hourly})
    for query, shown in (
        ({"any_skill": ["ink", "x"]}, ["A sign"]),
        ({"any_skill": ["ink", "tax"], "order": "time"}, ["Bookkeeping", "A sign"]),
        ({"unit": "EUR", "most": 2_500}, ["Bookkeeping"]),
        ({"unit": "EUR", "least": 2_500, "most": 3_000, "basis": "hourly"}, ["Bookkeeping"]),
        ({"unit": "EUR", "most": 1_999}, []),
        ({"since": market.now}, ["Bookkeeping"]),
        ({"q": "book*"}, ["Bookkeeping"]),
    ):
        assert titles(await at_bob.get("/offers/search", **query)) == shown, query
    assert await at_bob.denied("GET", "/offers/search", most=5) == (400, "bad-request")
    assert await at_bob.denied("GET", "/offers/search", without="ugly") == (400, "bad-request")


async def test_authors_whom_contracts_show_silent_are_left_out_on_request(market, counters, monkeypatch):
    _, at_bob, at_carol = counters
    contract = await signed(counters)
    await at_carol.post("/offers", LOGO | {"title": "Another logo"})
    await said(at_bob, contract, "deliver")
    later(market, 10 * DAY_MS + 1)
    await said(at_bob, contract, "claim")
    assert len((await at_carol.get("/offers/search", q="logo", without=["silent"]))["offers"]) == 2
    later(market, 3 * DAY_MS + 1)
    assert len((await at_carol.get("/offers/search", q="logo"))["offers"]) == 2
    for without in (["silent"], ["late", "silent"]):
        assert titles(await at_carol.get("/offers/search", q="logo", without=without)) == ["Another logo"]
    assert len((await at_carol.get("/offers/search", q="logo", without=["unpaid"]))["offers"]) == 2
    found = (await at_carol.get("/offers/search", q="logo", record=True))["offers"]
    records = {view["title"]: view["author_record"] for view in found}
    assert (records["Another logo"]["contracts"], records["Another logo"]["since"]) == (0, None)
    assert records[LOGO["title"]]["contracts"] == 1
    assert {word for word, count in records[LOGO["title"]]["faults"].items() if count} == {"silent"}
    monkeypatch.setattr(glancing, "RECORDS", 0)
    (found,) = (await at_carol.get("/offers/search", q="bakery", record=True))["offers"]
    assert (found["author_record"]["whole"], any(found["author_record"]["faults"].values())) == (False, False)


async def test_authors_with_too_few_reviews_are_left_out_on_request(market, counters):
    stall = market.stalls[alice.id]
    hears_of(stall, person("known"), 3, market.now)
    new = person("new")
    for record in (new.inception, offer(new, "A logo", market.now, side="service")):
        stall.judges(record, market.now)
    assert len((await counters[0].get("/offers/search", side="service"))["offers"]) == 2
    (found,) = (await counters[0].get("/offers/search", side="service", reviews=1))["offers"]
    assert found["author"] == text.show(person("known").id, text.IDENTITY)
    assert (await counters[0].get("/offers/search", side="service", reviews=2))["offers"] == []


async def test_a_page_reads_so_many_records_of_contracts_and_the_next_goes_on(market, counters, monkeypatch):
    monkeypatch.setattr(finding, "RECORDS", 18)
    stall = market.stalls[carol.id]
    people = [person(f"client {number}") for number in range(5)]
    for number, who in enumerate(people):
        told = story(who, bob, market.now - 2 * DAY_MS, salt=number)
        for record in (who.inception, *told.contract_records, offer(who, f"Logo {number}", market.now)):
            stall.judges(record, market.now)
    found, before, pages = [], None, 0
    while before is not None or not pages:
        query = {"q": "logo", "without": ["late"], "order": "time"} | ({"before": before} if before else {})
        page = await counters[2].get("/offers/search", **query)
        found, before, pages = found + titles(page), page["next"], pages + 1
    assert found == [f"Logo {number}" for number in (4, 3, 2, 1, 0)]
    assert pages == 2


async def test_a_saved_search_tells_of_new_offers_that_fit(market, counters):
    at_alice, at_bob, _ = counters
    await at_alice.post("/offers", LOGO | {"title": "Old logo"})
    market.now += HOUR_MS
    kept = await at_bob.post(
        "/searches", {"name": "Logos", "q": "logo", "unit": "EUR", "least": 60_000, "skill": ["ink"]}
    )
    assert (at_bob.status, kept["name"], kept["since"]) == (201, "Logos", market.now)
    assert kept["query"] == {"q": "logo", "skill": ["ink"], "unit": "EUR", "least": 60_000}
    assert (await at_bob.get("/searches"))["searches"] == [kept]
    made = await at_alice.post("/offers", LOGO | {"title": "New logo"})
    await at_alice.post("/offers", LOGO | {"title": "A sign"})
    await at_alice.post("/offers", LOGO | {"title": "Cheap logo", "budget": CHEAP})
    found = await at_bob.get("/notices")
    assert told(found) == ["Logos: New logo"]
    assert found["notices"][-1]["about"] == made["offer"]
    market.now += HOUR_MS
    await at_alice.ask("PUT", f"/offers/{made['offer']}", json.dumps(LOGO | {"title": "Newer logo"}).encode())
    assert at_alice.status == 200
    assert told(await at_bob.get("/notices")) == ["Logos: New logo"], "an edited offer is told once"
    await at_bob.post("/searches/drop", {"name": "Logos"})
    await at_alice.post("/offers", LOGO | {"title": "Late logo"})
    assert told(await at_bob.get("/notices")) == ["Logos: New logo"]
    assert await at_bob.denied("POST", "/searches/drop", {"name": "Logos"}) == (404, "not-found")


async def test_a_flood_of_offers_is_told_so_many_times_a_day(market, counters):
    stall, at_bob = market.stalls[bob.id], counters[1]
    await at_bob.post("/searches", {"name": "all", "q": ""})

    def flood(salt):
        for number in range(searching.A_DAY + 10):
            author = person(f"author {salt} {number}")
            for record in (author.inception, offer(author, f"Offer {number}", market.now)):
                stall.judges(record, market.now)

    flood(1)
    texts = told(await at_bob.get("/notices"))
    assert len(texts) == searching.A_DAY + 1
    assert texts[-1] == "all: more than 20 offers today, the others are not told one by one"
    market.now += DAY_MS
    flood(2)
    assert len(told(await at_bob.get("/notices"))) == 2 * (searching.A_DAY + 1)


async def test_names_of_searches_are_one_line_and_searches_are_few(counters, monkeypatch):
    for name in ("", " ", "a\nb", "x" * 61, "\u202ex"):
        assert (await counters[0].denied("POST", "/searches", {"name": name}))[1] == "bad-search-name"
    monkeypatch.setattr(searching, "MOST", 2)
    for name in ("a", "b", "a"):
        await counters[0].post("/searches", {"name": name})
        assert counters[0].status == 201
    assert (await counters[0].denied("POST", "/searches", {"name": "c"}))[1] == "too-many-searches"


async def test_an_offer_stands_beside_the_others_of_its_market(market, counters):
    stall, at_alice = market.stalls[alice.id], counters[0]
    for number in range(6):
        author = person(f"payer {number}")
        amount = 1_000 * (number + 1)
        written = offer(
            author, f"Job {number}", market.now, budget=Budget(HOURLY, "EUR", amount, amount), skills=("Go",)
        )
        for record in (author.inception, written):
            stall.judges(record, market.now)
    found = await at_alice.get("/market", skill="go")
    assert found["markets"] == [
        {"side": "wanted", "basis": "hourly", "unit": "EUR", "authors": 6,
         "percentiles": {"10": 1_000, "25": 2_000, "50": 3_000, "75": 5_000, "90": 6_000}},
    ]  # fmt: skip
    assert (await at_alice.get("/market", skill="go", unit="USD"))["markets"] == []
    page = await at_alice.get("/offers/search", q="job", market=1, order="time")
    (newest, *_, oldest) = [view["market"] for view in page["offers"]]
    assert newest == [{"skill": "Go", "others": 5, "less": 5, "more": 0, "median": 3_000, "enough": True}]
    assert oldest == [{"skill": "Go", "others": 5, "less": 0, "more": 5, "median": 4_000, "enough": True}]
    assert "market" not in (await at_alice.get("/offers/search", q="job"))["offers"][0]
    shown = await at_alice.get(f"/offers/{page['offers'][0]['offer']}")
    assert shown["market"] == newest
