"""Job postings from CSV: what real people wrote, and what only a hostile or broken program writes."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from freehold.cli import cells
from freehold.cli.postings import COLUMNS, MAX_FILE_BYTES, Posting, Rejection, Unreadable, parse, read
from freehold.protocol.kinds.offer import FIXED, HOURLY, OFFER, WANTED, Budget
from tests.cast import DAY_MS, START_MS, alice, signed, slot

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ",".join(COLUMNS)


def offers_in(*lines: str) -> list[Posting | Rejection]:
    """The rows of a file with the usual header."""
    return parse("\n".join([HEADER, *lines]).encode())


def only(*lines: str) -> Posting:
    """The one row, which is an offer."""
    (row,) = offers_in(*lines)
    assert isinstance(row, Posting), row
    return row


def reason(*lines: str) -> str:
    """Why the one row is not an offer."""
    (row,) = offers_in(*lines)
    assert isinstance(row, Rejection), row
    return row.reason


def sheet(rows: list[list[str]]) -> bytes:
    """What a spreadsheet writes."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([list(COLUMNS), *rows])
    return out.getvalue().encode()


def test_an_hourly_posting_becomes_an_offer_with_its_range() -> None:
    row = only('Fix my shop,Hourly: $15.00 - $1_30.50,N/A,Expert,"PHP, Shopify"'.replace("1_", ""))
    assert row.line == 2
    assert row.offer.side == WANTED
    assert row.offer.title == "Fix my shop"
    assert row.offer.budget == Budget(HOURLY, "USD", 1500, 3050)
    assert row.offer.skills == ("PHP", "Shopify")
    assert row.offer.description == "Paid: hourly\nLevel: Expert"


def test_a_fixed_price_stands_on_the_second_line_of_its_cell() -> None:
    row = only('A logo,Fixed price,"Est. budget:\n$1,250,000.5",Entry Level,')
    assert row.offer.budget == Budget(FIXED, "USD", 125_000_050, 125_000_050)
    assert row.offer.skills == ()


def test_a_posting_may_leave_the_price_open() -> None:
    assert only("A logo,Fixed price,N/A,Expert,Drawing").offer.budget is None
    assert only("A logo,Hourly,,,Drawing").offer.budget is None
    assert only("A logo,Hourly,,,Drawing").offer.description == "Paid: hourly"


def test_euros_and_pounds_keep_their_currency() -> None:
    assert only("A logo,Hourly: €20,N/A,,").offer.budget == Budget(HOURLY, "EUR", 2000, 2000)
    assert only("A logo,Fixed price,£7.05,,").offer.budget == Budget(FIXED, "GBP", 705, 705)


def test_what_the_board_cut_off_is_no_skill_and_repetitions_count_once() -> None:
    assert only('A logo,Hourly,N/A,,"iOS, ios , ,Swift  UI, +3"').offer.skills == ("iOS", "Swift UI")


def test_a_description_column_is_used_and_other_columns_are_left_alone() -> None:
    text = 'Country,Description,Skills,Level,Budget,Hourly/Fixed,Job Title\nPeru,"Two\nlines",Go,,N/A,Hourly,A logo\n'
    (row,) = parse(text.encode())
    assert isinstance(row, Posting)
    assert (row.offer.title, row.offer.description) == ("A logo", "Two\nlines\n\nPaid: hourly")


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    rows = offers_in('First,Fixed price,"Est. budget:\n$5.00",,', "", "Second,Hourly,N/A,,", ",Hourly,N/A,,")
    assert [row.line for row in rows] == [2, 5, 6]


def test_text_is_brought_into_the_form_that_records_demand() -> None:
    assert only("Cafe\u0301,Hourly,N/A,,").offer.title == "Café"


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    (row,) = parse(b"\xef\xbb\xbf" + f"{HEADER}\nA logo,Hourly,N/A,,\n".encode())
    assert isinstance(row, Posting)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("   ,Hourly,N/A,,", "title is empty"),
        ('"A\nlogo",Hourly,N/A,,', "line break"),
        (f"{'x' * 201},Hourly,N/A,,", "201 characters"),
        ("A\x1b[2Jlogo,Hourly,N/A,,", "control characters"),
        ("A logo,Weekly,N/A,,", "neither Hourly nor Fixed"),
        ("A logo,,N/A,,", "neither Hourly nor Fixed"),
        ("A logo,Fixed price: $5.00,N/A,,", "neither Hourly nor Fixed"),
        ("A logo,Hourly: $5.00,$7.00,,", "by the hour and yet"),
        ("A logo,Hourly: $9.00 - $5.00,N/A,,", "runs backwards"),
        ("A logo,Hourly: $5.00 - €9.00,N/A,,", "two currencies"),
        ("A logo,Hourly: $5.00 - ,N/A,,", "not an amount"),
        ("A logo,Fixed price,150,,", "not an amount"),
        ("A logo,Fixed price,$1.234,,", "not an amount"),
        ("A logo,Fixed price,-$5.00,,", "not an amount"),
        ('A logo,Fixed price,"$1,50.00",,', "not an amount"),
        ("A logo,Fixed price,$٣,,", "not an amount"),
        (f"A logo,Fixed price,${'9' * 15}.00,,", "more money than there is"),
        (f"A logo,Fixed price,${'9' * 100_000},,", "more money than there is"),
        (f"A logo,Hourly,N/A,,{'x' * 61}", "61 characters"),
        (f'A logo,Hourly,N/A,,"{",".join(f"s{n}" for n in range(21))}"', "21 skills"),
        ("A logo,Hourly,N/A,", "4 columns"),
        ("A logo,Hourly,N/A,,,", "6 columns"),
        ('A logo,Hourly,N/A,,"Go" and PHP', "middle of a cell"),
        ("A logo,Hourly,N/A," + "x" * 7000 + ",", "characters, allowed"),
        ("A logo,Hourly,N/A," + "語" * 5000 + ",", "bytes"),
    ],
)
def test_a_row_that_is_no_offer_says_why_and_the_next_is_read(line: str, said: str) -> None:
    rejected, following = offers_in(line, "Another,Hourly,N/A,,")
    assert isinstance(rejected, Rejection)
    assert said in rejected.reason
    assert len(rejected.reason) < 200
    assert isinstance(following, Posting)


def test_a_row_that_swallowed_others_names_all_its_lines() -> None:
    assert "(lines 2 to 4)" in reason('"A logo,Hourly,N/A,,', "Second,Hourly,N/A,,", 'Third",Hourly,N/A')


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\n\n\r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NUL byte"),
        (f"{HEADER}\nA lo\0go,Hourly,N/A,,\n".encode(), "line 2 contains a NUL"),
        (f"{HEADER}\nA logo,Hourly,N/A,,\nCafé,Hourly,N/A,,\n".encode("latin-1"), "line 3 is not UTF-8 (byte 0xe9)"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (b"\xed\xa0\x80," + HEADER.encode(), "not UTF-8"),
        (b"name,price\nA logo,5\n", "does not name the columns Job Title, Hourly/Fixed, Budget, Level, Skills"),
        (HEADER.replace("Level,", "").encode(), "does not name the column Level"),
        (HEADER.replace(",", ";").encode(), "does not name the columns"),
        (f"{HEADER},Level\n".encode(), "Level is there twice"),
        (f'"Job" Title,{HEADER}\n'.encode(), "names the columns is broken"),
        (f'{HEADER}\nA logo,Hourly,N/A,,\n"B logo,Hourly,N/A,,\nC,Hourly,N/A,,\n'.encode(), "begins on line 3"),
        (f'{HEADER}\n"{"x" * 200_000}'.encode(), "begins on line 2"),
        (f'{HEADER}\n"{"x" * 200_000}",Hourly,N/A,,\n'.encode(), "begins on line 2"),
        (b"x" * (MAX_FILE_BYTES + 1), "64 MiB"),
    ],
)
def test_a_file_that_is_no_table_of_postings_is_refused_as_a_whole(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(data)
    assert said in refused.value.what
    assert refused.value.hint


def test_semicolons_between_the_columns_get_a_hint_of_their_own() -> None:
    with pytest.raises(Unreadable) as refused:
        parse(HEADER.replace(",", ";").encode())
    assert refused.value.hint == "separate the columns by commas"


def test_a_file_that_cannot_be_opened_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(Unreadable, match="cannot be read"):
        read(tmp_path)


_WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=",+"), min_size=1, max_size=8)
_TITLES = st.lists(_WORDS, min_size=1, max_size=8).map(" ".join)
_CENTS = st.integers(0, 10**12)


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


_SKILLS = st.lists(_WORDS, max_size=20, unique_by=_folded)


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02}"


@st.composite
def _safe_rows(draw: st.DrawFn) -> tuple[list[str], tuple[str, str, tuple[str, ...], Budget | None]]:
    """A row of a careful author, and what an offer should say of it."""
    title, skills = draw(_TITLES), draw(_SKILLS)
    low, high = sorted((draw(_CENTS), draw(_CENTS)))
    terms, estimate, budget = draw(
        st.sampled_from(
            [
                ("Hourly", "N/A", None),
                (f"Hourly: {_dollars(low)} - {_dollars(high)}", "N/A", Budget(HOURLY, "USD", low, high)),
                ("Fixed price", f"Est. budget:\n{_dollars(low)}", Budget(FIXED, "USD", low, low)),
            ]
        )
    )
    level = draw(st.sampled_from(["Expert", "Intermediate", "Entry Level"]))
    named = tuple(unicodedata.normalize("NFC", skill) for skill in skills)
    row = [title, terms, estimate, level, ", ".join(skills)]
    return row, (unicodedata.normalize("NFC", title), level, named, budget)


@given(st.lists(_safe_rows(), max_size=5))
def test_a_safe_row_comes_through_unchanged(
    rows: list[tuple[list[str], tuple[str, str, tuple[str, ...], Budget | None]]],
) -> None:
    found = parse(sheet([row for row, _ in rows]))
    assert len(found) == len(rows)
    for posting, (_, (title, level, skills, budget)) in zip(found, rows, strict=True):
        assert isinstance(posting, Posting), posting
        assert (posting.offer.title, posting.offer.skills, posting.offer.budget) == (title, skills, budget)
        assert posting.offer.description.endswith(f"Level: {level}")


_ANY_CELL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["Hourly", "Fixed price", "N/A", "$5.00", "Est. budget:\n$5.00", "Hourly: $1 - $2", "", '"', "a,b"]
    ),
)


@given(st.lists(st.lists(_ANY_CELL, min_size=4, max_size=6), max_size=5))
def test_whatever_is_in_a_table_every_row_is_a_valid_offer_or_has_a_reason(rows: list[list[str]]) -> None:
    kept = [row for row in rows if any(row)]
    data = sheet(kept).replace(b"\0", b"")
    for row in parse(data):
        if isinstance(row, Posting):
            record = signed(OFFER, row.offer, alice, slot=slot(1), till=START_MS + DAY_MS)
            assert OFFER.open(record) == row.offer
        else:
            assert row.reason


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_do_anything_but_parse_or_be_refused(data: bytes, headed: bool) -> None:
    try:
        rows = parse(HEADER.encode() + b"\n" + data if headed else data)
    except Unreadable:
        return
    assert all(row.line >= 2 for row in rows)


def test_the_round_trip_property_notices_a_reader_that_loses_cents(monkeypatch: pytest.MonkeyPatch) -> None:
    whole_only = cells._money

    def careless(cell: str) -> tuple[str, int]:
        unit, amount = whole_only(cell)
        return unit, amount // 100 * 100

    monkeypatch.setattr(cells, "_money", careless)
    with pytest.raises(AssertionError):
        test_a_safe_row_comes_through_unchanged()
