"""The generated parts of the spec pages are what the code says, and it is noticed when they are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from specs import generate


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the pages to spoil."""
    for page in generate.FOLDER.rglob("*.md"):
        target = tmp_path / page.relative_to(generate.FOLDER)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, target)
    return tmp_path


def spoil(page: Path, true: str, planted: str) -> None:
    text = page.read_text("utf-8")
    assert text.count(true) == 1
    page.write_text(text.replace(true, planted), "utf-8")


def test_the_pages_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("page", "true", "planted"),
    [
        ("00-conventions.md", "| `HEADER_BYTES` | 512 |", "| `HEADER_BYTES` | 1,024 |"),
        ("00-conventions.md", "| `cure` | 3 days |", "| `cure` | 2 days |"),
        ("04-contract.md", "| `review` | milestone | 10 days | 3 days |", "| `review` | milestone | 10 days | 1 day |"),
        ("04-contract.md", "| blocked | client | `unblock`, 5 days |", "| blocked | freelancer | `unblock`, 5 days |"),
        ("04-contract.md", "| delivered | `acceptance/1` | client |", "| delivered | `acceptance/1` | freelancer |"),
        ("04-contract.md", "| working | `finish/1` | either |", "| working | `finish/1` | client |"),
        ("04-contract.md", "| unpaid | silence in *payable* |", "| unpaid | silence in *owed* |"),
        ("04-contract.md", "  payable --> paid: payment-sent (client)", "  payable --> settled: payment-sent (client)"),
        ("04-contract.md", "  the_next_arbiter --> contested: none is left\n", ""),
        ("kinds/review.md", "| `again` | integer, 0 to 4 |", "| `again` | integer, 0 to 5 |"),
        ("kinds/README.md", "| [`proposal/1`](proposal.md) | direct |", "| [`proposal/1`](proposal.md) | public |"),
    ],
)
def test_a_planted_change_is_noticed_and_mended(
    copied: Path, page: str, true: str, planted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(copied / page, true, planted)
    assert generate.main(["--check"], copied) == 1
    assert capsys.readouterr().err == f"{page}: not current; run: python specs/generate.py\n"
    assert generate.main([], copied) == 0
    assert true in (copied / page).read_text("utf-8")
    assert generate.main(["--check"], copied) == 0


def test_what_the_page_says_of_a_field_stays_and_silence_is_noticed(copied: Path) -> None:
    page = copied / "kinds/review.md"
    spoil(page, "| `scope` | integer, 0 to 4 | kept to what was agreed |", "| `scope` | a word | Kept to it. |")
    assert generate.main([], copied) == 0
    spoil(page, "| `scope` | integer, 0 to 4 | Kept to it. |\n", "")
    assert generate.complaints(copied, write=True) == ["kinds/review.md: nobody says what `scope` means"]


@pytest.mark.parametrize(
    ("true", "planted", "complaint"),
    [
        ("<!-- generated: diagram work -->", "<!-- generated: diagram play -->", "nobody makes a part diagram play"),
        ("<!-- generated: moves -->", "<!-- generated: shape contract.Moves -->", "there is no contract.Moves"),
        ("| dormant | nobody has claimed anything |  |\n<!-- end -->", "", "a generated part does not end"),
    ],
)
def test_a_part_that_cannot_be_made_is_named(copied: Path, true: str, planted: str, complaint: str) -> None:
    spoil(copied / "04-contract.md", true, planted)
    (found,) = generate.complaints(copied, write=False)
    assert found.startswith(f"04-contract.md: {complaint}")


def test_a_kind_without_a_page_is_noticed(copied: Path) -> None:
    spoil(
        copied / "kinds/review.md", "<!-- generated: kind review/1 -->", "<!-- generated: shape kinds.review.Review -->"
    )
    assert "kinds/README.md: no page is about review/1" in generate.complaints(copied, write=False)
