"""What holds on every page: who is let in, what is told of trouble, how a page is put together."""

import pytest

from freehold.node.api.page.visit import Visit
from freehold.node.core.ports import StorageFull
from tests.node.api.page.reader import TOKEN, Page, Reader
from tests.node.api.story import BID, LOGO, agreed

ALL = (
    "/", "/offers", "/offers/mine", "/offers/new", "/people", "/people/services", "/profile", "/messages", "/health",
    "/settings", "/unlock", "/backup",
)  # fmt: skip


async def test_nobody_is_let_in_without_a_session(offices):
    stranger = Reader(offices[0], signed_in=False)
    for path in ALL:
        assert (await stranger.get(path)).says("freehold open")
        assert stranger.status == 401
    await stranger.post("/offers/new", {"page_token": TOKEN, "title": "x"})
    assert stranger.status == 401


@pytest.mark.parametrize("token", [None, "", "of another session", "of this sessio", "\u00e9"])
async def test_a_form_of_another_session_changes_nothing(readers, counters, token):
    fields = {"title": "x"} | ({} if token is None else {"page_token": token})
    page = await readers[0].post("/offers/new", fields)
    assert readers[0].status == 409
    assert page.says("earlier session")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b"page_token=of+this+session", "text/plain"),
        (b"a=1&" * 1000, "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"page_token=of+this+session&title=%ff%fe", "application/x-www-form-urlencoded"),
        (b"page_token=of+this+session&title=%ed%a0%80", "application/x-www-form-urlencoded"),
        (b"", ""),
    ],
)
async def test_what_is_no_form_is_refused_in_words(readers, body, kind):
    page = await readers[0].post("/offers/new", body, kind)
    assert readers[0].status in (400, 409)
    assert page.says("That did not work") or page.form("/offers/new")


async def test_pages_hold_no_inline_script_or_style_and_load_nothing_from_elsewhere(readers, counters):
    await agreed(counters)
    offer = (await counters[0].post("/offers", LOGO))["offer"]
    for path in (*ALL, f"/offers/{offer}", f"/offers/{offer}/edit"):
        page = await readers[0].get(path)
        assert readers[0].status == 200
        for tag, attributes in page.tags:
            assert tag != "style"
            assert "style" not in attributes, (path, tag, attributes)
            assert not any(name.startswith("on") for name in attributes), (path, tag, attributes)
            if tag == "script":
                assert attributes["src"].startswith("/static/")
            for name in ("src", "href", "action"):
                assert attributes.get(name, "/").startswith(("/", "#")), (path, tag, attributes)
        assert [form for form in page.forms if form.method == "post" and ("page_token", TOKEN) not in form.fields] == []


async def test_a_page_listens_from_before_it_was_read(readers, monkeypatch):
    """What happens while it is made, and until its stream is open, is not lost on it."""
    events, ask = readers[0].surface.events, Visit.ask

    async def asked(visit, *rest, **fields):
        events.announce("file.fetched", {})
        return await ask(visit, *rest, **fields)

    monkeypatch.setattr(Visit, "ask", asked)
    before = events.last
    page = await readers[0].get("/offers")
    (source,) = [a["content"] for tag, a in page.tags if tag == "meta" and a.get("name") == "freehold-events"]
    assert events.last > before
    assert source == f"/api/v1/events?since={before}"


async def test_everything_that_a_page_loads_is_there_and_may_be_kept(readers):
    page = await readers[0].get("/")
    wanted = [a.get("src") or a.get("href") for tag, a in page.tags if tag in ("script", "link")]
    assert len(wanted) >= 4
    for path in wanted:
        await readers[0].get(path)
        assert readers[0].status == 200
        assert "immutable" in dict(readers[0].headers)["cache-control"]
    await readers[0].get("/static/nothing.css")
    assert readers[0].status == 404


async def test_trouble_of_every_sort_is_a_page(readers, offices, monkeypatch):
    page = await readers[0].get("/offers/fho1nothing0here")
    assert readers[0].status in (400, 404)
    assert page.says("That did not work")
    form = (await readers[0].get("/offers/new")).form("/offers/new")
    preview = await readers[0].send(form, title="x")
    offices[0].trouble = StorageFull("no room")
    page = await readers[0].send(preview.form("/offers/new"), "sign")
    assert readers[0].status == 503
    assert page.says("no room", "nothing that was acknowledged is lost")
    offices[0].trouble = RuntimeError("a secret of the node's")
    page = await readers[0].send(preview.form("/offers/new"), "sign")
    assert readers[0].status == 500
    assert "a secret" not in page.html


async def test_a_mistake_in_the_frame_itself_is_still_an_answer(readers, offices):
    offices[0].status = dict
    page = await readers[0].get("/offers")
    assert readers[0].status == 500
    assert page.says("made a mistake")


async def test_the_inbox_says_whose_turn_it_is_and_until_when(readers, counters):
    at_alice, at_bob, _ = readers
    assert (await at_alice.get("/")).says("Nothing waits for you")
    _, _, contract = await agreed(counters)
    assert (await at_bob.get("/")).says("Your turn 2", "Deliver the work", "Sketch", "in 8 days", "150.00 EUR")
    await counters[1].post(f"/contracts/{contract}/deliver", {"part": 1, "note": "Here."})
    page = await at_alice.get("/")
    assert page.says(
        "Your turn 1", "Look at the delivery", "What if nobody does anything?", "the work counts as accepted"
    )
    assert page.html.count("(1) Inbox") == 1
    assert (await at_bob.get("/")).says("Your turn 1", "Waiting for others", "delivered")


async def test_a_proposal_waits_until_it_is_decided(readers, counters):
    at_alice, at_bob, _ = readers
    offer = (await counters[0].post("/offers", LOGO))["offer"]
    sent = await counters[1].post("/proposals", {**BID, "offer": offer})
    assert (await at_alice.get("/")).says("Read the proposal", "in 7 days")
    assert (await at_bob.get("/")).says("Waiting for others", "your proposal: delivered")
    await counters[0].post(f"/proposals/{sent['proposal']}/decline", {"reason": "No."})
    assert (await at_alice.get("/")).says("Nothing waits for you")


def test_a_page_is_read_as_a_browser_reads_it():
    page = Page(
        '<form method="post" action="/x"><textarea name="t">\n\nline</textarea><input name="i" value="&lt;"></form>'
    )
    assert page.form("/x").fields == [("t", "\nline"), ("i", "<")]
