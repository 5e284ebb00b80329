"""The PostgreSQL store does what every store must. Skipped, and said so, where PostgreSQL is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'freehold[postgres]'")

from freehold.node.core.ports import Stores
from freehold.node.store.postgres.store import PostgresStore
from tests.node.store.conformance import Conformance, RecordsConformance
from tests.node.store.conformance_contracts import ContractsConformance
from tests.node.store.conformance_mail import MailConformance
from tests.node.store.conformance_places import PlacesConformance
from tests.node.store.conformance_saved import SavedConformance
from tests.node.store.conformance_search import SearchConformance
from tests.postgres import Cluster, binaries, cluster

PROGRAMS = binaries()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL (initdb, postgres) is not installed here"),
]


@pytest.fixture(scope="module")
def running():
    assert PROGRAMS is not None
    with cluster(PROGRAMS) as started:
        yield started


class OverPostgres(Conformance):
    @pytest.fixture(autouse=True)
    def databases(self, running: Cluster):
        self.running = running
        self.urls: dict[Path, str] = {}
        yield
        for url in self.urls.values():
            running.give_back(url)

    def open_stores(self, folder: Path) -> Stores:
        url = self.urls.setdefault(folder, "") or self.running.url()
        self.urls[folder] = url
        return PostgresStore.open(url, folder / "node.db")

    def close_stores(self, stores: Stores) -> None:
        assert isinstance(stores, PostgresStore)
        stores.close()


class TestRecords(OverPostgres, RecordsConformance):
    pass


class TestContracts(OverPostgres, ContractsConformance):
    pass


class TestPlaces(OverPostgres, PlacesConformance):
    pass


class TestSearch(OverPostgres, SearchConformance):
    pass


class TestMail(OverPostgres, MailConformance):
    pass


class TestSaved(OverPostgres, SavedConformance):
    pass
