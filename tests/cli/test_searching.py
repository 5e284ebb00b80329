"""`freehold offer search`: what is asked for, and what contradicts itself."""

from urllib.parse import parse_qs, urlsplit

import pytest

from freehold.cli import main
from freehold.cli.client import Client


@pytest.fixture
def asked(monkeypatch) -> list[dict[str, list[str]]]:
    """The queries that reach the node."""
    queries: list[dict[str, list[str]]] = []

    def call(_self, _method, path, _body=None):
        queries.append(parse_qs(urlsplit(path).query))
        return {"offers": [], "next": None, "hidden": 0, "policy": "personal"}

    monkeypatch.setattr(Client, "call", call)
    return queries


@pytest.mark.parametrize(
    ("options", "basis"),
    [
        (["--rate", "20-40 EUR"], "hourly"),
        (["--rate", "20-40 EUR", "--basis", "hourly"], "hourly"),
        (["--budget", "20-40 EUR"], "fixed"),
        (["--budget", "20-40 EUR", "--basis", "fixed"], "fixed"),
    ],
)
def test_prices_are_looked_for_by_the_hour_or_for_all(asked, options, basis):
    assert main.run(["offer", "search", "logo", *options]) == 0
    assert (asked[-1]["basis"], asked[-1]["least"], asked[-1]["most"]) == ([basis], ["2000"], ["4000"])


@pytest.mark.parametrize(
    "options", [["--rate", "20 EUR", "--basis", "fixed"], ["--budget", "9 EUR", "--basis", "hourly"]]
)
def test_a_basis_that_contradicts_the_price_is_no_search(asked, options, capsys):
    assert main.run(["offer", "search", "logo", *options]) == 2
    assert "leave --basis out" in capsys.readouterr().err
    assert asked == []
