"""The key of a node that runs: locked and unlocked, for a time, and slow for whoever guesses."""

import logging
from itertools import count

import pytest
import trio

from freehold.node import keyring, keystore
from freehold.node.core import catalog, proposing
from freehold.node.core.desk import Denied
from freehold.node.keyring import Keyring
from freehold.protocol import text
from freehold.protocol.envelope import place_of
from tests.cast import DAY_MS, NETWORK, START_MS, alice, bob, person
from tests.node.api.counter import Counter, StallOffice
from tests.node.core.market import Market
from tests.node.core.test_proposing import BID, LOGO as OFFER

PASSPHRASE = "correct horse battery"
WRONG = "wrong horse battery"
LOGO = {"side": "wanted", "title": "A logo"}


@pytest.fixture(autouse=True)
def cheap_guesses(monkeypatch):
    monkeypatch.setattr(keystore, "MEMORY_KIB", 64)
    monkeypatch.setattr(keystore, "PASSES", 1)


@pytest.fixture
def market():
    found = Market()
    yield found
    found.close()


class Locked:
    """alice's node with her key in a file, locked; `since_s` is what its clock says has passed since anything."""

    def __init__(self, market, tmp_path, who=alice, network=NETWORK):
        self.market, self.stall = market, market.open(alice)
        self.path = tmp_path / "identity.key"
        numbers = count(1)
        made = keystore.create(
            self.path, who.root.secret, PASSPHRASE, network, START_MS - DAY_MS, lambda n: next(numbers).to_bytes(n)
        )
        assert made.signer.identity == who.id
        self.office = StallOffice(market, self.stall)
        self.since_s = 0.0
        self.keys = Keyring(self.office, self.path, lambda _since: self.since_s)
        self.office.keys = self.keys
        self.keys.lock()
        self.counter = Counter(self.office)

    @property
    def key(self):
        return self.keys.state()["key"]


@pytest.fixture
def locked(market, tmp_path):
    return Locked(market, tmp_path)


async def test_a_locked_node_knows_whose_it_is_shows_all_and_signs_nothing(locked):
    assert locked.key == "locked"
    assert (await locked.counter.get("/identity"))["identity"] == text.show(alice.id, text.IDENTITY)
    assert (await locked.counter.get("/offers", mine=1))["offers"] == []
    for method, path, body in (
        ("PUT", "/identity", {"name": "Alice"}),
        ("POST", "/offers", LOGO),
        ("POST", "/offers", LOGO | {"draft": True}),
    ):
        assert await locked.counter.denied(method, path, body) == (423, "key-locked")


async def test_the_passphrase_unlocks_it_for_the_time_that_was_asked_for(locked):
    state = await locked.counter.post("/identity/unlock", {"passphrase": PASSPHRASE, "minutes": 30})
    assert state == {"key": "unlocked", "unlocked_until": locked.market.now + 30 * 60_000, "wrong_passphrases": 0}
    assert (await locked.counter.post("/offers", LOGO))["title"] == "A logo"
    locked.since_s = 30 * 60 - 1
    locked.keys.ticked()
    assert locked.key == "unlocked"
    locked.since_s = 30 * 60
    locked.keys.ticked()
    assert locked.keys.state() == {"key": "locked", "unlocked_until": None, "wrong_passphrases": 0}
    assert await locked.counter.denied("POST", "/offers", LOGO) == (423, "key-locked")
    assert locked.office.desk.me == alice.id


async def test_the_systems_clock_has_no_say_in_when_it_is_locked_again(locked):
    await locked.keys.unlock(PASSPHRASE, 30)
    locked.market.now -= 365 * DAY_MS
    locked.since_s = 31 * 60
    locked.keys.ticked()
    assert locked.key == "locked"


async def test_it_is_locked_by_hand_and_a_second_time_nothing_happens(locked):
    await locked.keys.unlock(PASSPHRASE, None)
    locked.since_s = 10**9
    locked.keys.ticked()
    assert locked.key == "unlocked"
    for _ in range(2):
        assert (await locked.counter.post("/identity/lock"))["key"] == "locked"


async def test_who_guesses_waits_twice_as_long_each_time(locked, caplog):
    with caplog.at_level(logging.DEBUG):
        waits = []
        for _ in range(14):
            locked.since_s = 10**6
            assert await locked.counter.denied("POST", "/identity/unlock", {"passphrase": WRONG}) == (
                409,
                "wrong-passphrase",
            )
            locked.since_s = 0.5
            answer = await locked.counter.post("/identity/unlock", {"passphrase": WRONG})
            waits.append(int(answer["hint"].split()[1]) if answer["code"] == "too-many-guesses" else 0)
    # the second guess of the first round was tried as well: nobody waits before the fourth
    assert waits == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, *[300] * 4]
    assert locked.key == "locked"
    assert locked.keys.wrong_since_start == 15
    locked.since_s = 300
    await locked.counter.post("/identity/unlock", {"passphrase": PASSPHRASE})
    assert (locked.key, locked.counter.status) == ("unlocked", 200)
    assert WRONG not in caplog.text
    assert PASSPHRASE not in caplog.text


async def test_the_right_passphrase_too_waits_after_wrong_ones(locked):
    for _ in range(keyring.FREE_GUESSES):
        with pytest.raises(Denied):
            await locked.keys.unlock(WRONG, None)
    with pytest.raises(Denied) as caught:
        await locked.keys.unlock(PASSPHRASE, None)
    assert caught.value.code == "too-many-guesses"


async def test_guesses_at_the_same_time_are_taken_one_after_the_other(locked):
    codes = []

    async def guess():
        try:
            await locked.keys.unlock(WRONG, None)
        except Denied as denied:
            codes.append(denied.code)

    async with trio.open_nursery() as nursery:
        for _ in range(10):
            nursery.start_soon(guess)
    assert sorted(codes) == ["too-many-guesses"] * 7 + ["wrong-passphrase"] * 3


@pytest.mark.parametrize(
    "body", [{}, {"passphrase": 5}, {"passphrase": PASSPHRASE, "minutes": 0}, {"passphrase": PASSPHRASE, "secret": 1},
             {"passphrase": "x" * 2000}, {"passphrase": PASSPHRASE, "minutes": 7 * 24 * 60 + 1}]
)  # fmt: skip
async def test_what_cannot_be_read_unlocks_nothing_and_is_not_repeated(locked, body):
    assert await locked.counter.denied("POST", "/identity/unlock", body) == (400, "bad-request")
    assert PASSPHRASE.encode() not in locked.counter.last[2]
    assert locked.key == "locked"


async def test_a_key_file_of_somebody_else_or_of_another_network_is_not_taken(market, tmp_path):
    stranger = Locked(market, tmp_path, who=bob)
    with pytest.raises(Denied) as caught:
        await stranger.keys.unlock(PASSPHRASE, None)
    assert caught.value.code == "other-identity"
    assert stranger.key == "locked"
    other = tmp_path / "other"
    other.mkdir()
    elsewhere = Locked(market, other, who=person("alice", "test-elsewhere"), network="test-elsewhere")
    with pytest.raises(Denied) as caught:
        await elsewhere.keys.unlock(PASSPHRASE, None)
    assert caught.value.code == "other-network"


async def test_a_relay_has_nothing_to_unlock(market, tmp_path):
    locked = Locked(market, tmp_path)
    locked.office.desk.owner = None
    assert locked.key == "none"
    assert await locked.counter.denied("POST", "/identity/unlock", {"passphrase": PASSPHRASE}) == (409, "no-identity")


async def test_mail_that_comes_while_it_is_locked_is_kept_and_signed_for_afterwards(locked):
    market, at_alice, at_bob = locked.market, locked.stall, locked.market.open(bob)
    await locked.keys.unlock(PASSPHRASE, None)
    place = place_of(market.does(at_alice, catalog.publish, OFFER, 30 * DAY_MS).header)
    locked.keys.lock()
    sent = market.does(at_bob, proposing.propose, place, BID, 7 * DAY_MS).id
    kept = at_alice.desk.stores.records.get(sent)
    assert kept is not None
    assert at_alice.notices == ["proposal"]
    assert at_alice.service.unsigned == 1
    parcel = at_bob.desk.stores.outbox.get(sent, alice.id)
    assert (parcel.acknowledged, "unlocks the key" in parcel.trouble) == (None, True)
    received = (await locked.counter.get("/proposals"))["received"]
    assert len(received) == 1
    await locked.keys.unlock(PASSPHRASE, None)
    market.passes(60_000)
    assert at_bob.desk.stores.outbox.get(sent, alice.id).acknowledged is not None
    assert at_alice.notices.count("proposal") == 1
    assert at_alice.service.unsigned == 0


async def test_the_key_file_is_handed_out_to_who_knows_its_passphrase_and_taken_elsewhere(market, tmp_path):
    home = Locked(market, tmp_path)
    with pytest.raises(Denied, match="does not open"):
        await home.keys.export(WRONG)
    assert home.keys.state()["wrong_passphrases"] == 1
    assert await home.keys.export(PASSPHRASE) == home.path.read_text()
    assert home.keys.state()["key"] == "locked"
    carried, taken = tmp_path / "carried", tmp_path / "elsewhere" / "identity.key"
    taken.parent.mkdir()
    carried.touch(mode=0o600)
    carried.write_text(await home.keys.export(PASSPHRASE))
    assert keystore.take(taken, carried) == alice.id
    assert taken.stat().st_mode & 0o777 == 0o600
    assert keystore.unlock(taken, PASSPHRASE).signer.identity == alice.id
    with pytest.raises(Denied) as caught:
        keystore.take(taken, carried)
    assert caught.value.code == "file-exists"
    for bad in ("{}", "", "x" * 9_000):
        carried.write_text(bad)
        with pytest.raises(Denied, match="not a key file"):
            keystore.take(tmp_path / "another.key", carried)
    carried.chmod(0o644)
    with pytest.raises(Denied, match="other users"):
        keystore.take(tmp_path / "another.key", carried)
    assert not (tmp_path / "another.key").exists()
