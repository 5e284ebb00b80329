"""Finding offers in a browser without JavaScript: filters, saved searches, markets, what contracts show."""

from tests.cast import DAY_MS
from tests.node.api.story import LOGO, finished

SERVICE = LOGO | {"side": "service", "title": "Signs for bakeries", "intake": None}


async def test_filters_narrow_the_board_and_stay_as_they_are(readers, counters):
    await counters[0].post("/offers", LOGO)
    await counters[1].post(
        "/offers", SERVICE | {"budget": {"basis": "hourly", "unit": "EUR", "low": 5000, "high": 5000}}
    )
    for query, titles in (
        ("side=wanted", {"A logo for a bakery"}),
        ("basis=hourly", {"Signs for bakeries"}),
        ("least=100&unit=EUR", {"A logo for a bakery"}),
        ("most=100", {"Signs for bakeries"}),
        ("skill=ink,%20drawing", {"A logo for a bakery", "Signs for bakeries"}),
        ("skill=drawing,%20accounting", set()),
        ("skill=drawing,%20accounting&any=1", {"A logo for a bakery", "Signs for bakeries"}),
        ("posted=1", {"A logo for a bakery", "Signs for bakeries"}),
        ("reviews=1", set()),
        ("without=silent&without=unpaid", {"A logo for a bakery", "Signs for bakeries"}),
    ):
        page = await readers[2].get(f"/offers?{query}")
        assert {title for title in ("A logo for a bakery", "Signs for bakeries") if page.says(title)} == titles, query
    form = next(form for form in (await readers[2].get("/offers?without=late&most=7,5")).forms if form.method == "get")
    assert {("without", "late"), ("most", "7,5")} <= set(form.fields)


async def test_only_what_was_posted_lately_is_shown(readers, counters):
    await counters[0].post("/offers", LOGO)
    counters[0].office._market.now += 2 * DAY_MS
    await counters[0].post("/offers", SERVICE)
    for days, titles in (
        ("1", {"Signs for bakeries"}),
        ("3", {"A logo for a bakery", "Signs for bakeries"}),
        ("999999999999999", {"A logo for a bakery", "Signs for bakeries"}),
    ):
        page = await readers[0].get(f"/offers?posted={days}")
        assert {title for title in ("A logo for a bakery", "Signs for bakeries") if page.says(title)} == titles, days
    assert (await readers[0].get("/offers?posted=soon")).says("not a whole number")


async def test_a_search_for_any_of_some_skills_is_saved_as_that(readers, counters):
    page = await readers[1].get("/offers?skill=ink,%20drawing&any=1&posted=7")
    await readers[1].send(page.form("/offers/searches?"), name="Ink")
    (saved,) = (await counters[1].get("/searches"))["searches"]
    assert saved["query"] == {"any_skill": ["ink", "drawing"]}
    page = await readers[1].get("/offers")
    (link,) = [link for link in page.links if "ink" in link]
    form = next(form for form in (await readers[1].get(link)).forms if form.method == "get")
    assert {("skill", "ink, drawing"), ("any", "1")} <= set(form.fields)


async def test_a_filter_that_cannot_be_read_is_told_beside_the_search(readers):
    page = await readers[0].get("/offers?least=cheap&q=logo")
    assert readers[0].status == 400
    assert page.says("is not an amount")
    assert ("least", "cheap") in next(form for form in page.forms if form.method == "get").fields


async def test_a_search_is_saved_tells_of_new_offers_and_is_forgotten(readers, counters):
    at_bob = readers[1]
    page = await at_bob.get("/offers?q=bakery&least=100&skill=Drawing&without=late&order=time")
    page = await at_bob.send(page.form("/offers/searches?"), name="Bread & <b>")
    assert page.says("Saved. Your inbox tells you", "Bread & <b>")
    (saved,) = (await counters[1].get("/searches"))["searches"]
    assert saved["query"] == {"q": "bakery", "least": 10_000, "unit": "EUR", "skill": ["Drawing"], "without": ["late"]}
    link = next(link for link in page.links if "q=bakery" in link)
    assert "least=100.00" in link
    await counters[0].post("/offers", LOGO)
    assert (await at_bob.get(link)).says("A logo for a bakery")
    inbox = await at_bob.get("/")
    assert inbox.says("Bread & <b>: A logo for a bakery")
    assert any(link.startswith("/offers/fho1") for link in inbox.links)
    page = await at_bob.send((await at_bob.get("/offers")).form("/offers/searches/drop"))
    assert page.says("Forgotten")
    assert (await counters[1].get("/searches"))["searches"] == []


async def test_a_search_without_a_name_is_not_saved(readers, counters):
    page = await readers[0].get("/offers?q=x")
    page = await readers[0].send(page.form("/offers/searches?"), name=" ")
    assert readers[0].status in (400, 409)
    assert (await counters[0].get("/searches"))["searches"] == []
    assert page.form("/offers/searches?")


async def test_what_contracts_show_of_a_client_stands_beside_the_offer(readers, counters):
    offer = (await counters[0].post("/offers", LOGO))["offer"]
    assert (await readers[2].get(f"/offers/{offer}")).says("No contract of theirs is known here yet")
    await finished(counters)
    assert (await readers[2].get(f"/offers/{offer}")).says("As client", "Contracts 1", "Answered in time 4")
