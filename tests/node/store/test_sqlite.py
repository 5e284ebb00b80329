"""The SQLite store does what every store must."""

from __future__ import annotations

from pathlib import Path

from freehold.node.core.ports import Stores
from freehold.node.store.sqlite import SqliteStore
from tests.memory import blank
from tests.node.store.conformance import Conformance, RecordsConformance
from tests.node.store.conformance_contracts import ContractsConformance
from tests.node.store.conformance_mail import MailConformance
from tests.node.store.conformance_places import PlacesConformance
from tests.node.store.conformance_saved import SavedConformance
from tests.node.store.conformance_search import SearchConformance


class OverSqlite(Conformance):
    def open_stores(self, folder: Path) -> Stores:
        return SqliteStore.open(blank(folder / "node.db"))

    def close_stores(self, stores: Stores) -> None:
        assert isinstance(stores, SqliteStore)
        stores.close()


class TestRecords(OverSqlite, RecordsConformance):
    pass


class TestContracts(OverSqlite, ContractsConformance):
    pass


class TestPlaces(OverSqlite, PlacesConformance):
    pass


class TestSearch(OverSqlite, SearchConformance):
    pass


class TestMail(OverSqlite, MailConformance):
    pass


class TestSaved(OverSqlite, SavedConformance):
    pass
