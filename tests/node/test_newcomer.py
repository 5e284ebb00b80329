"""An identity for a node that runs without one."""

import logging

import pytest

from freehold.node import keystore, newcomer
from freehold.node.core.service import Service
from freehold.node.keyring import Keyring
from freehold.node.newcomer import Newcomer
from freehold.protocol import text
from tests.cast import alice
from tests.node.api.counter import Counter, StallOffice
from tests.node.core.market import Market, Stall, desk_of

PASSPHRASE = "correct horse battery"
ASKED = {"name": "Amélie Durand", "passphrase": PASSPHRASE, "languages": ["fr", "en"], "skills": ["logo"]}


@pytest.fixture(autouse=True)
def cheap_guesses(monkeypatch):
    monkeypatch.setattr(keystore, "MEMORY_KIB", 64)
    monkeypatch.setattr(keystore, "PASSES", 1)


class Empty:
    """A node that runs on an empty folder; the market is there, the node is not known in it."""

    def __init__(self, market, folder):
        self.market, self.path = market, folder / "identity.key"
        desk = desk_of(None)
        self.office = StallOffice(market, Stall(alice, desk, Service(desk)))
        self.office.keys = Keyring(self.office, self.path)
        self.office.newcomer = self.newcomer = Newcomer(self.office, self.office.keys, self.path)
        self.counter = Counter(self.office)

    @property
    def key(self):
        return self.office.keys.state()["key"]


@pytest.fixture
def empty(tmp_path):
    market = Market()
    yield Empty(market, tmp_path)
    market.close()


def asked(draft, **wrong):
    return {str(place): draft["words"][place - 1] for place in draft["check"]} | wrong


async def test_the_words_are_told_once_and_nothing_is_made_before_they_are_kept(empty, caplog):
    caplog.set_level(logging.DEBUG)
    draft = await empty.counter.post("/identity/new", ASKED)
    assert (len(draft["words"]), len(set(draft["check"]))) == (24, 3)
    assert draft["until"] == empty.market.now + 10 * 60_000
    assert (empty.key, empty.path.exists()) == ("none", False)
    made = await empty.counter.post("/identity/keep", {"check": asked(draft)})
    assert (empty.counter.status, made["name"], made["languages"]) == (201, "Amélie Durand", ["fr", "en"])
    assert (empty.key, empty.path.stat().st_mode & 0o777) == ("unlocked", 0o600)
    assert empty.office.keys.state()["unlocked_until"] is not None
    again = keystore.create(
        empty.path.with_name("again"),
        keystore.entropy_of(" ".join(draft["words"])),
        PASSPHRASE,
        "test-market",
        5,
        bytes,
    )
    assert made["identity"] == text.show(again.signer.identity, text.IDENTITY)
    records = empty.office.desk.stores.records
    assert {record.header.kind for record in records.shared([name for _, name in records.after(0, 9)])} >= {
        "inception/1", "profile/1"
    }  # fmt: skip
    assert PASSPHRASE not in caplog.text
    assert not any(word in caplog.text.split() for word in draft["words"])
    for method, path, body in (
        ("POST", "/identity/new", ASKED),
        ("POST", "/identity/recover", {"words": " ".join(draft["words"]), "passphrase": PASSPHRASE}),
    ):
        assert await empty.counter.denied(method, path, body) == (409, "identity-exists")
    assert await empty.counter.denied("POST", "/identity/keep", {"check": asked(draft)}) == (409, "no-draft")


async def test_wrong_words_make_nothing_and_may_be_corrected(empty):
    draft = await empty.counter.post("/identity/new", ASKED)
    place = draft["check"][1]
    for wrong in (
        asked(draft, **{str(place): "zoo" if draft["words"][place - 1] != "zoo" else "zone"}),
        {},
        {"1": "x"},
    ):
        found = await empty.counter.post("/identity/keep", {"check": wrong})
        assert found["code"] == "words-differ"
        assert not any(word in found["detail"].split() for word in draft["words"])
    assert (
        f"word {place}"
        in (await empty.counter.post("/identity/keep", {"check": asked(draft, **{str(place): ""})}))["detail"]
    )
    assert not empty.path.exists()
    shouted = {place: f" {word.upper()} " for place, word in asked(draft).items()}
    await empty.counter.post("/identity/keep", {"check": shouted})
    assert empty.counter.status == 201


async def test_words_that_nobody_kept_are_forgotten(empty):
    draft = await empty.counter.post("/identity/new", ASKED)
    empty.market.now += newcomer.KEPT_MS
    assert await empty.counter.denied("POST", "/identity/keep", {"check": asked(draft)}) == (409, "no-draft")
    assert empty.newcomer._draft is None


async def test_new_words_make_the_last_ones_worthless(empty):
    first = await empty.counter.post("/identity/new", ASKED)
    second = await empty.counter.post("/identity/new", ASKED)
    assert first["words"] != second["words"]
    assert (await empty.counter.denied("POST", "/identity/keep", {"check": asked(first)}))[1] == "words-differ"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"passphrase": "short"}, "weak-passphrase"),
        ({"name": ""}, "bad-profile"),
        ({"name": "x" * 61}, "bad-profile"),
        ({"languages": ["klingon!"]}, "bad-profile"),
        ({"skills": ["a"] * 21}, "bad-profile"),
    ],
)
async def test_what_could_not_be_published_gets_no_words(empty, wrong, code):
    found = await empty.counter.post("/identity/new", ASKED | wrong)
    assert found["code"] == code
    assert "words" not in found


async def test_an_identity_is_brought_back_from_its_words(empty):
    words = keystore.words_of(alice.root.secret)
    assert (await empty.counter.denied("POST", "/identity/recover", {"words": "a b", "passphrase": PASSPHRASE}))[1] == (
        "bad-words"
    )
    made = await empty.counter.post("/identity/recover", {"words": words.upper(), "passphrase": PASSPHRASE})
    assert made["identity"] == text.show(alice.id, text.IDENTITY)
    empty.office.keys.lock()
    await empty.office.keys.unlock(PASSPHRASE, None)
    assert empty.key == "unlocked"


def test_the_asked_places_are_different_and_in_the_list():
    for byte in range(256):
        places = newcomer._places(bytes([byte, *range(64)]))
        assert len(set(places)) == 3
        assert set(places) <= set(range(1, 25))
        assert list(places) == sorted(places)
