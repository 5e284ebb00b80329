"""`freehold offer import`: every row is published, or listed with the reason why not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from freehold.cli.client import Client
from freehold.cli.main import run
from freehold.cli.postings import COLUMNS
from tests.cli.small_node import Answer, SmallNode, problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = ",".join(COLUMNS)
ROWS = [
    'Draw a logo,Fixed price,"Est. budget:\n$150.00",Expert,"Drawing, Logos"',
    'Mend my shop,Hourly: $15.00 - $30.00,N/A,Intermediate,"PHP, +2"',
    "Write a poem,Hourly,N/A,Entry Level,",
]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[SmallNode]:
    with SmallNode(tmp_path) as running:
        yield running


def table(folder: Path, *rows: str) -> str:
    """A CSV file of these rows; its name."""
    file = folder / "posts.csv"
    file.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return str(file)


def imported(folder: Path, file: str, *options: str) -> int:
    """Run the command; its exit code."""
    return run(["offer", "import", file, "--folder", str(folder), *options])


def outcomes(capsys: pytest.CaptureFixture[str]) -> list[tuple[int, str, str]]:
    """(line, state, code) of every row, from --json."""
    result = json.loads(capsys.readouterr().out)
    assert result["rows"] >= len(result["outcomes"])
    return [(row["line"], row["state"], row["code"]) for row in result["outcomes"]]


def test_every_row_becomes_an_offer(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    assert imported(node.folder, table(node.folder, *ROWS), "--days", "10") == 0
    assert [offer["title"] for offer in node.offers] == ["Draw a logo", "Mend my shop", "Write a poem"]
    assert node.offers[0]["budget"] == {"basis": "fixed", "unit": "USD", "low": 15000, "high": 15000}
    assert node.offers[1]["skills"] == ["PHP"]
    assert node.offers[2]["budget"] is None
    assert {offer["days"] for offer in node.offers} == {10}
    assert capsys.readouterr().out == "3 rows: 3 published.\n"


def test_rows_that_are_no_offers_are_listed_with_their_reason(
    node: SmallNode, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(node.folder, ROWS[0], ",Hourly,N/A,,", "A\x1b[2J title,Hourly,N/A,,", "Broken,Hourly", ROWS[2])
    assert imported(node.folder, file) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines[:3]] == ["4", "5", "6"]
    assert "the title is empty" in lines[0]
    assert "\x1b" not in lines[1]
    assert lines[-1] == "5 rows: 2 published, 3 refused."


def test_running_it_again_publishes_nothing_twice_but_keeps_repeated_rows(
    node: SmallNode, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(node.folder, *ROWS, ROWS[0])
    assert imported(node.folder, file) == 0
    assert len(node.offers) == 4
    capsys.readouterr()
    assert imported(node.folder, table(node.folder, *ROWS, ROWS[0], ROWS[0]), "--json") == 0
    assert outcomes(capsys) == [
        (2, "already published", ""),
        (4, "already published", ""),
        (5, "already published", ""),
        (6, "already published", ""),
        (8, "published", ""),
    ]
    assert len(node.offers) == 5


def test_an_offer_that_was_closed_is_published_again(node: SmallNode) -> None:
    file = table(node.folder, *ROWS)
    assert imported(node.folder, file) == 0
    node.offers[1]["closed"] = True
    assert imported(node.folder, file) == 0
    assert [offer["title"] for offer in node.offers].count("Mend my shop") == 2
    assert len(node.offers) == 4


def test_a_dry_run_publishes_nothing_and_judges_every_row(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    assert imported(node.folder, table(node.folder, ROWS[0], "A,Weekly,N/A,,"), "--dry-run", "--json") == 1
    assert node.offers == []
    assert outcomes(capsys) == [(2, "ready", ""), (4, "refused", "unreadable-row")]


def test_a_row_that_the_node_refuses_does_not_stop_the_others(
    node: SmallNode, capsys: pytest.CaptureFixture[str]
) -> None:
    def mend_nothing(offer: dict[str, Any]) -> Answer | None:
        return problem(409, "not-here", "nothing is mended here") if "Mend" in offer["title"] else None

    node.trouble = mend_nothing
    assert imported(node.folder, table(node.folder, *ROWS)) == 1
    assert len(node.offers) == 2
    out = capsys.readouterr().out
    assert "4\tMend my shop\trefused\tnothing is mended here\n" in out
    assert "do: do something about not-here\n" in out


def test_a_full_quota_is_told_for_every_row_left_and_asked_once(
    node: SmallNode, capsys: pytest.CaptureFixture[str]
) -> None:
    node.trouble = lambda _: problem(429, "quota-open-offers", "20 offers are open") if len(node.offers) == 1 else None
    assert imported(node.folder, table(node.folder, *ROWS, "A,Weekly,N/A,,"), "--json") == 1
    assert outcomes(capsys) == [
        (2, "published", ""),
        (4, "refused", "quota-open-offers"),
        (5, "not tried", "quota-open-offers"),
        (6, "refused", "unreadable-row"),
    ]
    assert node.calls.count("POST /offers") == 2


def test_a_long_list_of_rows_that_were_not_tried_is_counted(
    node: SmallNode, capsys: pytest.CaptureFixture[str]
) -> None:
    node.trouble = lambda _: problem(429, "quota-open-offers", "20 offers are open") if node.offers else None
    assert imported(node.folder, table(node.folder, *ROWS, *("Write a poem,Hourly,N/A,,",) * 300)) == 1
    out = capsys.readouterr().out
    assert "291 more rows were not tried for the same reason, from line 15 on" in out
    assert len(out.splitlines()) < 20
    assert "303 rows: 1 published, 1 refused, 301 not tried." in out


def test_a_node_that_breaks_off_leaves_an_account_of_every_row(
    node: SmallNode, capsys: pytest.CaptureFixture[str]
) -> None:
    node.trouble = lambda _: problem(503, "storage-full", "the disk is full") if node.offers else None
    assert imported(node.folder, table(node.folder, *ROWS), "--json") == 1
    assert outcomes(capsys) == [(2, "published", ""), (4, "failed", "storage-full"), (5, "not tried", "storage-full")]


def test_stopping_it_tells_what_was_published(
    node: SmallNode, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Client.post

    def impatient(self: Client, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        if node.offers:
            raise KeyboardInterrupt
        return post(self, path, body)

    monkeypatch.setattr(Client, "post", impatient)
    assert imported(node.folder, table(node.folder, *ROWS)) == 130
    out = capsys.readouterr().out
    assert "3 rows: 1 published." in out
    assert "2 rows were not reached" in out


def test_without_a_node_nothing_is_tried_and_the_exit_code_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(tmp_path, table(tmp_path, *ROWS)) == 3
    assert "no node is running" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\0", "NUL byte"),
        (b"a,b\n1,2\n", "does not name the columns"),
        (f"{HEADER}\nCafé,Hourly,N/A,,\n".encode("latin-1"), "not UTF-8"),
        (f'{HEADER}\n"A,Hourly,N/A,,\n'.encode(), "never closes it"),
    ],
)
def test_a_file_that_is_no_table_is_refused_before_anything_is_published(
    node: SmallNode, capsys: pytest.CaptureFixture[str], data: bytes, said: str
) -> None:
    file = node.folder / "posts.csv"
    file.write_bytes(data)
    assert imported(node.folder, str(file)) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "[unreadable-file]" in told
    assert "do: " in told
    assert node.calls == []


def test_a_file_that_is_not_there_is_a_mistake_in_usage(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    assert imported(node.folder, str(node.folder / "nothing.csv")) == 2
    assert "does not exist" in capsys.readouterr().err


def test_a_table_without_rows_is_no_failure(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    assert imported(node.folder, table(node.folder)) == 0
    assert capsys.readouterr().out == "0 rows: nothing to publish.\n"
