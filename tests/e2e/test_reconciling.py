"""Two real nodes over libp2p: one has a market, the other begins with nothing; then each misses something."""

import base64
import time

import pytest

from freehold.cli import seeding
from freehold.protocol.kinds.offer import WANTED, Offer
from tests.e2e.household import NETWORK, answer, eventually, freehold, household

PLAN = seeding.Plan(NETWORK, 40, 7, seeding.Plan.day_of(time.time_ns() // 1_000_000))


def market(count):
    offers = [Offer(WANTED, f"Draw falcon number {number}", f"It is {number}. " * 20) for number in range(count)]
    return list(seeding.records(PLAN, offers))


def fill(node, records):
    for _, batch in seeding.batches(records):
        answer_to = node.api.post("/dev/ingest", {"batches": [base64.b64encode(batch).decode()]})
        assert answer_to["refused"] == answer_to["ignored"] == 0, answer_to


def kinds(node):
    return node.api.get("/node/statistics")["store"]["kinds"]


def test_what_one_node_has_the_other_gets_and_both_say_so():
    with household() as home:
        first = home.start("first", relay=True)
        records = market(1_200)
        fill(first, records)
        second = home.start("second", relay=True, seeds=[first.address])
        assert eventually(lambda: kinds(second) == kinds(first)), (kinds(first), kinds(second))
        sync = eventually(lambda: (found := second.api.get("/status")["sync"])["state"] == "whole" and found)
        assert sync["records"] == sync["about"] == len(records)
        core = second.api.get("/node/statistics")["core"]
        assert core["sync: records taken"] >= len(records)
        assert core["sync: bytes in"] < 0.5 * sum(len(batch) for _, batch in seeding.batches(records))
        assert not [name for name in core if name.startswith("refuse")], core
        assert "whole: 1,280 records" in freehold("status", "--folder", second.folder).stdout


@pytest.mark.slow
def test_a_node_that_takes_part_in_profiles_only_gets_those():
    with household() as home:
        first = home.start("first", relay=True)
        fill(first, market(100))
        folder = home.root / "second"
        folder.mkdir(mode=0o700)
        (folder / "config.toml").write_text(
            f'network = "{NETWORK}"\nlisten = ["/ip4/127.0.0.1/tcp/0"]\nsync_kinds = ["profile/1"]\n'
        )
        second = home.start("second", relay=True, seeds=[first.address])
        assert eventually(lambda: kinds(second) == {"inception/1": 40, "profile/1": 40}), kinds(second)
        assert answer("status", "--folder", second.folder)["sync"]["kinds"] == ["profile/1"]


@pytest.mark.slow
def test_what_three_have_is_not_fetched_three_times():
    with household() as home:
        records = market(5_000)
        givers = [home.start(f"giver {number}", relay=True) for number in range(3)]
        for giver in givers:
            fill(giver, records)
        newcomer = home.start("newcomer", relay=True, seeds=[giver.address for giver in givers])
        assert eventually(lambda: newcomer.api.get("/status")["sync"]["records"] == len(records))
        assert eventually(lambda: newcomer.api.get("/status")["peers"] == len(givers))
        core = newcomer.api.get("/node/statistics")["core"]
        assert core["sync: records taken"] < 1.5 * len(records), core
