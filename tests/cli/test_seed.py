"""`freehold dev seed`: real postings under many identities, as records that any node takes."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from freehold.cli.main import run
from freehold.cli.postings import COLUMNS
from freehold.cli.seeding import DAY_MS, Plan, batches, records
from freehold.protocol import frame, limits
from freehold.protocol.envelope import pack
from freehold.protocol.kinds.offer import OFFER, WANTED, Offer
from tests.cast import NETWORK, START_MS
from tests.cli.small_node import SmallNode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAN = Plan(NETWORK, authors=3, seed=7, day=Plan.day_of(START_MS))
OFFERS = [Offer(side=WANTED, title=f"Job {number}") for number in range(8)]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[SmallNode]:
    with SmallNode(tmp_path) as running:
        yield running


def seeded(node: SmallNode, *options: str, rows: int = 10) -> int:
    """Run the command on a file of that many rows, and one that is no offer; its exit code."""
    file = node.folder / "posts.csv"
    lines = [",".join(COLUMNS), *(f"Job {number},Hourly,N/A,Expert,Go" for number in range(rows))]
    file.write_text("\n".join(lines), encoding="utf-8")
    return run(["dev", "seed", str(file), "--folder", str(node.folder), *options])


def result(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return json.loads(capsys.readouterr().out)


def test_a_node_accepts_every_record_and_has_every_offer(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    assert seeded(node, "--authors", "4", "--json") == 0
    told = result(capsys)
    assert (told["offers"], told["records"], told["accepted"], told["refused"]) == (10, 18, 18, 0)
    titles = [OFFER.open(record).title for record in node.records if record.header.kind == OFFER.name]
    assert titles == [f"Job {number}" for number in range(10)]
    assert Counter(record.author for record in node.records).most_common(1)[0][1] == 5


def test_the_account_names_numbers_and_how_to_repeat_it(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    assert seeded(node, "--authors", "2", "--seed", "5") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("10 offers by 2 authors on test-market: 14 records in ")
    assert lines[1:] == ["14 accepted, 0 ignored, 0 refused.", "The same again: --authors 2 --seed 5"]


def test_without_a_seed_the_identities_are_others_every_time(
    node: SmallNode, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seeded(node, "--authors", "1", "--json", rows=1) == 0
    first = result(capsys)["seed"]
    assert seeded(node, "--authors", "1", "--json", rows=1) == 0
    assert result(capsys)["seed"] != first
    assert len({record.author for record in node.records}) == 2


def test_what_the_node_refuses_is_counted_by_reason(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    original = node.answer

    def moved(method: str, url: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        node.network = "test-market" if url.endswith("/status") else "test-other"
        return original(method, url, body)

    node.answer = moved  # type: ignore[method-assign]
    assert seeded(node, "--authors", "2") == 1
    out = capsys.readouterr().out
    assert "0 accepted, 0 ignored, 14 refused." in out
    assert "  2 x another network" in out  # the inceptions: what follows them then has no log to hang from


def test_rows_that_are_no_offers_are_listed_and_the_others_seeded(
    node: SmallNode, capsys: pytest.CaptureFixture[str]
) -> None:
    file = node.folder / "posts.csv"
    file.write_text(",".join(COLUMNS) + "\n,Hourly,N/A,,\nJob,Hourly,N/A,,\n", encoding="utf-8")
    assert run(["dev", "seed", str(file), "--folder", str(node.folder), "--authors", "1"]) == 1
    assert "2\t\tthe title is empty\n" in capsys.readouterr().out
    assert len(node.records) == 3


def test_the_real_network_is_never_seeded(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    node.network = "freehold"
    assert seeded(node) == 1
    assert "[not-a-test-network]" in capsys.readouterr().err
    assert "POST /dev/ingest" not in node.calls


def test_a_node_that_talks_nonsense_is_no_success(node: SmallNode, capsys: pytest.CaptureFixture[str]) -> None:
    node._ingest = lambda _: {"accepted": "all of them"}  # type: ignore[method-assign]
    assert seeded(node) == 1
    assert "[bad-answer]" in capsys.readouterr().err


def test_the_same_plan_gives_the_same_records_and_another_seed_gives_others() -> None:
    def packed(seed: int) -> list[bytes]:
        return [pack(record) for record in records(Plan(NETWORK, 3, seed, PLAN.day), OFFERS)]

    assert packed(7) == packed(7)
    assert not set(packed(7)) & set(packed(8))


def test_nothing_is_dated_in_the_future_or_expired() -> None:
    for record in records(PLAN, OFFERS):
        assert record.header.at < PLAN.day
        assert record.header.till is None or record.header.till > PLAN.day + 60 * DAY_MS


def test_authors_come_before_what_they_wrote() -> None:
    kinds = [record.header.kind for record in records(PLAN, OFFERS)]
    assert kinds == ["inception/1"] * 3 + ["profile/1"] * 3 + ["offer/1"] * 8


@pytest.mark.parametrize("length", [10, 900, 1000, 6000])
def test_batches_are_as_full_as_the_wire_allows_and_lose_nothing(length: int) -> None:
    offers = [Offer(side=WANTED, title=f"Job {number}", description="x" * length) for number in range(200)]
    signed = list(records(PLAN, offers))
    frames = list(batches(signed))
    unpacked = [data for _, batch in frames for data in frame.unpack_batch(batch)]
    assert unpacked == [pack(record) for record in signed]
    assert [number for number, _ in frames] == [len(frame.unpack_batch(batch)) for _, batch in frames]
    longest = max(len(data) for data in unpacked)
    for (number, batch), (_, following) in pairwise(frames):
        first = len(frame.unpack_batch(following)[0])
        assert number == limits.BATCH_RECORDS or len(batch) + first + 10 > limits.FRAME_BYTES
        assert len(batch) + longest + 10 > limits.FRAME_BYTES or number == limits.BATCH_RECORDS
