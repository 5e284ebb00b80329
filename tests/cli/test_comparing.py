"""`freehold proposal compare`: beside each other, in the order of the node, the folded last and with the reason."""

import json

import pytest

from freehold.cli import main
from freehold.cli.client import Client
from tests.cli.hostile import FHO, PROPOSAL


def one(number, **changes):
    part = {
        "title": "Work",
        "price": {"amount": number * 10_000, "unit": "EUR"},
        "basis": "fixed",
        "work_ms": 86_400_000,
    }
    more = {"proposal": f"fhr1{number}", "offer": FHO, "author_name": f"Author {number}", "folded": None, "remarks": []}
    return {**PROPOSAL, **more, "parts": [part, part], "cover": "c" * 1_000, **changes}


@pytest.fixture
def node(monkeypatch):
    remark = {"what": "copy", "words": "almost the same as another", "fold": True, "other": None}
    received = [
        one(1, folded=remark["words"], remarks=[remark, {**remark, "words": "in another language"}]),
        one(2),
        one(3, offer="fho1another"),
        one(4),
    ]
    answers = {
        f"/offers/{FHO}": {"offer": FHO, "title": "A sign"},
        "/proposals": {"received": received, "sent": [one(5)], "order": "reputation", "ordered": "by reputation"},
        "/offers/fho1empty": {"offer": "fho1empty", "title": "Nothing"},
    }
    monkeypatch.setattr(Client, "call", lambda _self, _method, path, _body=None: answers[path.partition("?")[0]])


def test_those_of_the_offer_stand_beside_each_other_the_folded_last(node, capsys):
    assert main.run(["proposal", "compare", FHO]) == 0
    told = capsys.readouterr()
    rows = [line.split("\t") for line in told.out.splitlines()]
    assert [row[1] for row in rows] == ["Author 2", "Author 4", "Author 1"]
    assert rows[0][3:5] == ["200.00 EUR + 200.00 EUR", "2 days"]
    assert rows[2][5] == "folded: almost the same as another"
    assert rows[2][9] == "in another language"
    assert max(len(row[10]) for row in rows) < 200
    assert "1 folded by your own rules" in told.err


def test_a_program_gets_both_lists(node, capsys):
    assert main.run(["proposal", "compare", FHO, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [len(found[name]) for name in ("proposals", "folded")] == [2, 1]


def test_an_offer_that_nobody_answered_is_said_to_be_that(node, capsys):
    assert main.run(["proposal", "compare", "fho1empty"]) == 0
    assert "Nobody has answered Nothing yet." in capsys.readouterr().err
