"""What the owner's listeners are told, and that they are told nothing that is not durable."""

import pytest

from freehold.node.core.effects import Kept, Meet, Notify
from freehold.node.core.ports import StorageBroken, StorageFull
from freehold.node.herald import Herald
from freehold.node.ledger import Ledger
from freehold.node.pay.manual import MANUAL
from freehold.protocol import text
from tests.cast import alice, bob, carol
from tests.node.api.counter import Counter, StallOffice
from tests.node.api.story import BID, LOGO
from tests.node.core.market import Market


@pytest.fixture
def market():
    found = Market()
    yield found
    found.close()


@pytest.fixture
def told(market):
    """What each owner's herald says, by name: (topic, data)."""
    found = {}
    for who in (alice, bob, carol):
        stall = market.open(who)
        stall.desk.rails = {MANUAL.name: MANUAL}
        heard = found[who.name] = []
        stall.listener = Herald(stall.desk, hearing(heard)).carry
    return found


def hearing(heard):
    """Listens at once."""
    return lambda topic, said: heard.append((topic, said() if callable(said) else said))


def counter(market, who):
    return Counter(StallOffice(market, market.stalls[who.id]))


async def test_a_deal_is_told_to_those_whom_it_concerns(market, told):
    at_alice, at_bob = counter(market, alice), counter(market, bob)
    offer = (await at_alice.post("/offers", LOGO))["offer"]
    for name, mine in (("alice", True), ("bob", False), ("carol", False)):
        (topic, data) = told[name][-1]
        assert (topic, data["offer"], data["mine"]) == ("offer.published", offer, mine)
        assert data["by"] == text.show(alice.id, text.IDENTITY)
        told[name].clear()
    proposal = (await at_bob.post("/proposals", {"offer": offer, **BID}))["proposal"]
    assert [topic for topic, _ in told["alice"]] == ["notice.proposal", "proposal.received"]
    assert [told["alice"][0][1]["about"], told["alice"][1][1]["record"]] == [proposal, proposal]
    assert [topic for topic, _ in told["bob"]] == ["proposal.delivered"]
    contract = (await at_alice.post(f"/proposals/{proposal}/accept"))["contract"]
    await at_bob.post(f"/contracts/{contract}/deliver", {})
    market.passes(2_000)
    for name in ("alice", "bob"):
        topics = dict.fromkeys(topic for topic, data in told[name] if data.get("contract") == contract)
        assert list(topics) == ["contract.signed", "contract.delivery"]
    (turn,) = [data for topic, data in told["alice"] if topic == "notice.turn"]
    assert (turn["about"], turn["text"]) == (contract, "milestone 1 is delivered: it is your turn")
    assert [topic for topic, _ in told["carol"] if topic.startswith(("contract", "notice", "proposal"))] == []


async def test_a_record_is_told_of_once(market, told):
    at_alice = counter(market, alice)
    await at_alice.post("/offers", LOGO)
    stall = market.stalls[bob.id]
    record = stall.desk.stores.records.by_author(alice.id, "offer/1", 1)[0]
    stall.listener(Kept(record))
    stall.listener(Kept(record))
    assert [topic for topic, _ in told["bob"]].count("offer.published") == 1


async def test_what_could_not_be_kept_is_told_to_nobody(market, told):
    at_alice = counter(market, alice)
    await at_alice.post("/offers", LOGO)
    stall = market.stalls[bob.id]
    told["bob"].clear()
    record = stall.desk.stores.records.by_author(alice.id, "offer/1", 1)[0]
    herald = Herald(stall.desk, hearing(told["bob"]))

    class Disk:
        full = True

        def commit(self, *, passing=False):
            if self.full:
                raise StorageFull("no room")

    disk = Disk()
    ledger = Ledger(disk, herald.carry)  # pyright: ignore[reportArgumentType]
    ledger.note([Kept(record)])
    assert told["bob"] == []
    with pytest.raises(StorageFull):
        ledger.settle()
    assert told["bob"] == []
    disk.full = False
    ledger.note([Kept(record)])
    ledger.settle()
    assert [topic for topic, _ in told["bob"]] == ["offer.published"]


def test_a_herald_that_cannot_read_ends_nothing(market, told, monkeypatch, caplog):
    stall = market.stalls[bob.id]
    told["bob"].clear()

    def broken(*_):
        raise StorageBroken("the database is damaged")

    monkeypatch.setattr(stall.desk.stores.notices, "after", broken)
    stall.listener(Notify("turn", bytes(32)))
    stall.listener(Meet("/ip4/127.0.0.1/tcp/1"))
    assert "damaged" in caplog.text
    assert told["bob"] == []
