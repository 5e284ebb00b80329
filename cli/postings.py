"""Job postings from a CSV file, as boards export them: every row becomes an offer, or a line with the reason why not.

The columns are `Job Title`, `Hourly/Fixed`, `Budget`, `Level` and `Skills`, in any order; `Description` may be there,
others are left alone. Nothing here talks to a node: `read` says everything about a file before anything is published.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.offer import OFFER, WANTED, Offer

from . import cells

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TITLE, TERMS, BUDGET, LEVEL, SKILLS, DESCRIPTION = (
    "Job Title",
    "Hourly/Fixed",
    "Budget",
    "Level",
    "Skills",
    "Description",
)
COLUMNS = (TITLE, TERMS, BUDGET, LEVEL, SKILLS)
MAX_FILE_BYTES = 64 * 1024 * 1024
"""Twenty times the largest export we have seen; the whole file is held in memory."""


class Unreadable(Exception):
    """The file as a whole is not what `read` needs: what is wrong with it, and what to do."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(frozen=True, slots=True)
class Posting:
    """A row that is an offer; `line` is the line of the file where it begins, counted from 1."""

    line: int
    offer: Offer


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that is not, with what stands in its title column (if that can be told) and the reason."""

    line: int
    title: str
    reason: str


Row: TypeAlias = Posting | Rejection


def read(path: Path) -> list[Row]:
    """All rows of a file, in order. Raises Unreadable if it is not a CSV file of postings."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}", "check the name and the permissions") from error
    return parse(data)


def parse(data: bytes) -> list[Row]:
    """All rows of a file's bytes, in order. Raises Unreadable."""
    records = _records(_text(data))
    header = next(records, None)
    if header is None:
        raise Unreadable("the file is empty", f"its first line must name the columns {', '.join(COLUMNS)}")
    places = _places(header)
    width = len(header.fields)
    return [_row(record, places, width) for record in records]


@dataclass(frozen=True, slots=True)
class _Record:
    """One CSV record from line `first` to line `last`: its fields, or what is wrong with its quotes."""

    first: int
    last: int
    fields: list[str]
    trouble: str = ""


def _text(data: bytes) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise Unreadable(f"the file is larger than {MAX_FILE_BYTES // 1024 // 1024} MiB", "split it into several files")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("the file is UTF-16, not UTF-8", "save it as “CSV UTF-8” from your spreadsheet")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise Unreadable(f"line {line} contains a NUL byte: this is not a text file", "export the table as CSV")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The position counts from behind a byte order mark, which holds no line break.
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"line {line} is not UTF-8 (byte {error.object[error.start]:#04x})",
            "save it as “CSV UTF-8” from your spreadsheet, or convert it: iconv -f latin1 -t utf-8 FILE.csv",
        ) from error
    return unicodedata.normalize("NFC", text)


def _records(text: str) -> Iterator[_Record]:
    """Every record but blank lines. The reader's strict mode tells of misplaced quotes instead of guessing."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    last = 0
    while True:
        first, fields, trouble = last + 1, [], ""
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            trouble = _quotes(first, str(error))
        last = reader.line_num
        if fields or trouble:
            yield _Record(first, last, fields, trouble)


def _quotes(line: int, trouble: str) -> str:
    """What the csv module said, for a person. Raises Unreadable where the rest of the file is lost with the row.

    A cell beyond the module's own limit (128 Ki characters, 20 times an offer's text) is a quote left open, too.
    """
    if "unexpected end" in trouble or "field larger" in trouble:
        raise Unreadable(
            f"the row that begins on line {line} opens a quote and never closes it",
            'close it, and write a quote inside a quoted cell as two: ""',
        )
    return 'a quote stands in the middle of a cell: write it as two ("") and put the whole cell in quotes'


def _places(header: _Record) -> dict[str, int]:
    if header.trouble:
        raise Unreadable(f"the line that names the columns is broken: {header.trouble}", "correct it")
    names = [name.strip() for name in header.fields]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        separated = len(names) == 1 and any(sign in names[0] for sign in ";\t")
        raise Unreadable(
            f"the first line does not name the column{'s' * (len(missing) > 1)} {', '.join(missing)}",
            "separate the columns by commas" if separated else f"name the columns {', '.join(COLUMNS)}",
        )
    wanted = (*COLUMNS, DESCRIPTION)
    if twice := [name for name in wanted if names.count(name) > 1]:
        raise Unreadable(f"the column {twice[0]} is there twice", "remove one")
    return {name: names.index(name) for name in wanted if name in names}


def _row(record: _Record, places: dict[str, int], width: int) -> Row:
    title = record.fields[places[TITLE]] if len(record.fields) == width else ""
    try:
        return Posting(record.first, _offer(_cells(record, places, width)))
    except cells.Rejected as rejected:
        return Rejection(record.first, title, str(rejected))


def _cells(record: _Record, places: dict[str, int], width: int) -> dict[str, str]:
    if record.trouble:
        raise cells.Rejected(record.trouble)
    if len(record.fields) != width:
        raise cells.Rejected(_misshapen(record, width))
    return {name: record.fields[place] for name, place in places.items()}


def _misshapen(record: _Record, width: int) -> str:
    lines = f" (lines {record.first} to {record.last})" if record.last > record.first else ""
    return f"it has {len(record.fields)} columns{lines}, the first line names {width}"


def _offer(cell: dict[str, str]) -> Offer:
    basis, budget = cells.pay(cell[TERMS], cell[BUDGET])
    level = " ".join(cell[LEVEL].split())
    facts = [f"Paid: {basis}", *([f"Level: {level}"] if level else [])]
    offer = Offer(
        side=WANTED,
        title=cells.title(cell[TITLE]),
        description="\n\n".join(part for part in (cell.get(DESCRIPTION, "").strip(), "\n".join(facts)) if part),
        skills=cells.skills(cell[SKILLS]),
        budget=budget,
    )
    try:
        OFFER.dump(offer)
    except ProtocolError as error:
        raise cells.Rejected(str(error)) from error
    return offer
