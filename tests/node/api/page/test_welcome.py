"""The first run in a browser without JavaScript: from nothing to the market, and back from 24 words."""

import re

import pytest

from freehold.node import keystore
from freehold.node.core.service import Service
from freehold.node.keyring import Keyring
from freehold.node.newcomer import Newcomer
from tests.cast import alice
from tests.node.api.counter import StallOffice
from tests.node.api.page.reader import Reader, whole_status
from tests.node.core.market import Market, Stall, desk_of

PASSPHRASE = "correct horse battery"
WHO = {"name": "Amélie", "passphrase": PASSPHRASE, "again": PASSPHRASE, "languages": "fr, en", "skills": "Logo"}


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    """A page over a node that has no identity."""
    monkeypatch.setattr(keystore, "MEMORY_KIB", 64)
    monkeypatch.setattr(keystore, "PASSES", 1)
    market = Market()
    desk = desk_of(None)
    office = StallOffice(market, Stall(alice, desk, Service(desk)))
    office.keys = Keyring(office, tmp_path / "identity.key")
    office.newcomer = Newcomer(office, office.keys, tmp_path / "identity.key")
    office.status = lambda: whole_status(office) | office.keys.state()
    reader = Reader(office)
    reader.market = market
    yield reader
    market.close()


def told(page):
    return re.findall(r"<li><span>\d+</span><b>([a-z]+)</b></li>", page.html)


async def test_from_nothing_to_the_market(newcomer):
    page = await newcomer.get("/")
    assert page.says("Welcome. Who are you?")
    page = await newcomer.send(page.form("/welcome"), **WHO, role="client")
    words = told(page)
    assert len(words) == 24
    assert PASSPHRASE not in page.html
    check = await newcomer.send(page.form("/welcome/check"))
    assert not any(re.search(rf"\b{word}\b", check.words) for word in words if len(word) > 5)
    form = check.form("/welcome/keep")
    places = [int(value) for name, value in form.fields if name == "place"]
    assert len(places) == 3
    wrong = await newcomer.send(form, **{f"word-{place}": "ocean" for place in places})
    assert newcomer.status == 409
    assert wrong.says("not as they were shown")
    right = {f"word-{place}": words[place - 1].upper() for place in places}
    page = await newcomer.send(wrong.form("/welcome/keep"), **right)
    assert newcomer.path == "/offers"
    assert page.says("You are set up. Welcome to the market.", "Amélie", "Key unlocked")
    assert (await newcomer.get("/welcome")).says("Nothing waits for you")


async def test_what_is_wrong_is_told_and_no_passphrase_comes_back(newcomer):
    form = (await newcomer.get("/welcome")).form("/welcome")
    for wrong, words in (
        ({"again": "another"}, "the two passphrases differ"),
        ({"passphrase": "short", "again": "short"}, "a passphrase has"),
        ({"name": " "}, "profile cannot be published"),
        ({"languages": "french!"}, "language tag"),
    ):
        page = await newcomer.send(form, **{**WHO, **wrong})
        assert newcomer.status >= 400
        assert page.says(words), page.words
        kept = dict(page.form("/welcome").fields)
        assert (kept["passphrase"], kept["again"]) == ("", "")
        assert kept["skills"] == "Logo"


async def test_words_that_nobody_kept_in_time_are_worthless(newcomer):
    page = await newcomer.send((await newcomer.get("/welcome")).form("/welcome"), **WHO)
    form = (await newcomer.send(page.form("/welcome/check"))).form("/welcome/keep")
    words = told(page)
    newcomer.market.now += 11 * 60_000
    right = {f"word-{value}": words[int(value) - 1] for name, value in form.fields if name == "place"}
    page = await newcomer.send(form, **right)
    assert newcomer.status == 409
    assert page.says("ten minutes", "Who are you?")


async def test_an_identity_comes_back_from_its_words(newcomer):
    words = keystore.words_of(b"\x07" * 32)
    form = (await newcomer.get("/welcome/back")).form("/welcome/back")
    page = await newcomer.send(form, words=words[:-5] + "ocean", passphrase=PASSPHRASE, again=PASSPHRASE)
    assert newcomer.status == 400
    assert page.says("Bring your identity back")
    typed = "\n".join(words.split())
    page = await newcomer.send(form, words=typed, passphrase=PASSPHRASE, again=PASSPHRASE)
    assert page.says("You are set up", "Nothing waits for you")


async def test_nobody_with_an_identity_gets_another(readers):
    page = await readers[0].get("/welcome")
    assert readers[0].path == "/"
    assert page.says("Nothing waits for you")


@pytest.mark.parametrize("path", ["/welcome/check", "/welcome/keep", "/welcome/back", "/welcome"])
@pytest.mark.parametrize("place", ["", "0", "99999", "x", "\u0663", "1"])
async def test_forms_that_nobody_was_shown_do_nothing(readers, path, place):
    await readers[0].post(path, {"page_token": "of this session", "place": place, f"word-{place}": "x"})
    assert readers[0].status in (200, 400, 404, 409)
