"""What nodes on one database found out about reviews serves the next that starts, and is never older than it says."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'freehold[postgres]'")

from freehold.node.core import reputation
from freehold.node.core.desk import Desk
from freehold.node.core.reputation import collecting
from freehold.node.policies.ranking import PERSONAL
from freehold.node.store.postgres import verdicts as module
from freehold.node.store.postgres.store import PostgresStore
from freehold.protocol.fold import fold
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.network import network
from tests.cast import DAY_MS, HOUR_MS, NETWORK, START_MS, alice, bob, story
from tests.node.core.market import dice
from tests.postgres import Cluster, binaries, cluster

PROGRAMS = binaries()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL (initdb, postgres) is not installed here"),
]
NOW = START_MS
LATER = START_MS + DAY_MS


@pytest.fixture(scope="module")
def running():
    assert PROGRAMS is not None
    with cluster(PROGRAMS) as started:
        yield started


class House:
    """Nodes on one database, one after another or side by side."""

    def __init__(self, url: str, root: Path) -> None:
        self._url, self._root, self._open = url, root, list[PostgresStore]()

    def desk(self, name: str) -> Desk:
        """Of a node that starts."""
        store = PostgresStore.open(self._url, self._root / name / "node.db")
        self._open.append(store)
        return Desk(network(NETWORK), Registry(BUILTIN), store, PERSONAL, dice(name), None)

    def close(self) -> None:
        for store in self._open:
            store.close()


@pytest.fixture
def house(running: Cluster, tmp_path: Path):
    url = running.url()
    made = House(url, tmp_path)
    yield made
    made.close()
    running.give_back(url)


def deal(desk: Desk, salt: int = 0):
    """A contract that is at its end, and the client's review."""
    told = story(at=START_MS - 8 * HOUR_MS, salt=salt)
    for record in (alice.inception, bob.inception, *told.contract_records, *told.commits, told.client_reviews):
        desk.stores.records.add(record, NOW, shared=True)
    desk.stores.commit()
    return told


def counted(desk: Desk) -> int:
    return reputation.seen(desk, LATER).of(bob.id).score.counted


def folds(desk: Desk, patch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many reviews count, and how many contracts had to be folded to say so."""
    folded: list[int] = []

    def noted(records, now):
        folded.append(now)
        return fold(records, now)

    patch.setattr(collecting, "fold", noted)
    found = counted(desk)
    patch.setattr(collecting, "fold", fold)
    return found, len(folded)


def test_what_one_node_found_out_another_reads_when_it_starts(house: House, monkeypatch) -> None:
    first = house.desk("first")
    deal(first)
    deal(first, salt=3)
    assert folds(first, monkeypatch) == (2, 2)
    first.stores.commit()
    second = house.desk("second")
    assert folds(second, monkeypatch) == (2, 0)
    before, after = (reputation.seen(desk, LATER).of(bob.id).score for desk in (first, second))
    assert before == after
    deal(second, salt=4)
    assert folds(second, monkeypatch) == (3, 1)
    assert folds(first, monkeypatch) == (3, 1)


def test_a_question_keeps_nobody_from_writing(house: House) -> None:
    first, second = house.desk("first"), house.desk("second")
    deal(first)
    assert counted(first) == 1
    deal(second, salt=3)  # it would wait ten seconds, and then fail
    assert isinstance(first.stores, PostgresStore)
    assert first.stores._server.counts is None


def test_what_other_rules_found_out_is_not_believed(house: House, monkeypatch) -> None:
    first = house.desk("first")
    deal(first)
    assert counted(first) == 1
    first.stores.commit()
    monkeypatch.setattr(collecting, "RULES", "of tomorrow")
    assert folds(house.desk("second"), monkeypatch) == (1, 1)


def test_a_contract_that_was_amended_is_judged_again_by_all(house: House, monkeypatch) -> None:
    first, second = house.desk("first"), house.desk("second")
    told = deal(first)
    assert (counted(first), counted(second)) == (1, 1)
    for desk in (first, second):
        desk.stores.commit()
    first.stores.records.erase(told.delivery.id, NOW, header_stays=True)
    first.stores.commit()
    assert folds(second, monkeypatch)[1] == 1
    assert folds(house.desk("after it"), monkeypatch)[1] == 1
    second.stores.commit()
    assert folds(second, monkeypatch)[1] == 0
    assert folds(house.desk("at the end"), monkeypatch)[1] == 0


def test_a_review_that_is_gone_counts_no_more(house: House, monkeypatch) -> None:
    first = house.desk("first")
    told = deal(first)
    assert counted(first) == 1
    first.stores.commit()
    first.stores.records.evict_context(told.contract)
    first.stores.commit()
    assert folds(house.desk("second"), monkeypatch) == (0, 0)


def test_who_knows_less_does_not_write_over_what_others_found_out(house: House, monkeypatch) -> None:
    first, second = house.desk("first"), house.desk("second")
    deal(first)
    assert counted(second) == 1  # and does not commit it
    deal(first, salt=3)
    assert counted(first) == 2
    first.stores.commit()
    second.stores.commit()
    assert folds(house.desk("third"), monkeypatch) == (2, 0)


def test_it_is_written_a_piece_at_a_time_and_a_start_in_between_judges_the_rest(house: House, monkeypatch) -> None:
    monkeypatch.setattr(module, "_WRITTEN_AT_ONCE", 1)
    first = house.desk("first")
    for salt in range(3):
        deal(first, salt=salt)
    assert counted(first) == 3
    first.stores.commit()
    assert folds(house.desk("in between"), monkeypatch) == (3, 3)
    first.stores.commit()
    first.stores.commit()
    assert folds(house.desk("afterwards"), monkeypatch) == (3, 0)


def test_what_was_lost_with_a_transaction_is_written_with_the_next(house: House, monkeypatch) -> None:
    first = house.desk("first")
    deal(first)
    assert counted(first) == 1
    assert isinstance(first.stores, PostgresStore)
    first.stores.verdicts.settle()
    first.stores._server.roll_back()
    first.stores.commit()
    assert folds(house.desk("second"), monkeypatch) == (1, 0)


def test_a_database_from_before_is_given_the_tables(running: Cluster, tmp_path: Path) -> None:
    url = running.url()
    store = PostgresStore.open(url, tmp_path / "one" / "node.db")
    store._server.write("DROP TABLE verdict, waiting, judged")
    store._server.commit()
    store.close()
    again = PostgresStore.open(url, tmp_path / "one" / "node.db")
    assert again.verdicts.waiting() == []
    again.close()
    running.give_back(url)
