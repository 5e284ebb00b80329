"""Whatever a file is called by somebody else, its name can be written here, into the folder that was meant."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, strategies as st

from freehold.protocol import filename
from freehold.protocol.filename import NAME_BYTES, NAME_CHARACTERS, safe_name
from freehold.protocol.schema import Text
from tests.protocol.planted import Bug

PIECES = st.sampled_from(
    ["..", "/", "\\", ".", " ", "con", "NUL", "COM1", "-", "~", ":", "\x00", "\u202e", "\u200b", "ﬁ", "é",
     "e\u0301", "字", ".txt", ".", "x" * 90, "\ud800", "\n", "\u3164", "lpt\u00b9"]
)  # fmt: skip
NAMES = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=12).map("".join))


def wrong_with(name: str) -> str | None:
    """Why a name must not be written."""
    if PurePosixPath(name).name != name or PureWindowsPath(name).name != name or name in (".", ".."):
        return "it is a path"
    if PureWindowsPath(name).is_reserved() or name != name.strip(" ."):
        return "Windows takes it for something else"
    if len(name) > NAME_CHARACTERS or len(name.encode()) > NAME_BYTES:
        return "it is too long"
    if name.startswith(("-", ".")):
        return "it hides, or is taken for an option"
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name) or not name:
        return "it does not show what it is"
    return Text(200).refuse(name)


def can_be_written(name: str) -> None:
    found = filename.safe_name(name)
    assert wrong_with(found) is None, (name, found, wrong_with(found))
    assert filename.safe_name(found) == found


@given(NAMES)
def test_any_name_becomes_one_that_can_be_written(name: str) -> None:
    can_be_written(name)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(filename, "_PLACES", re.compile("/")),
        Bug(filename, "_DEVICES", re.compile("con")),
        Bug(filename, "_HIDDEN", frozenset({"Cc", "Cs"})),
        Bug(filename, "_FORBIDDEN", re.compile("[<>]")),
        Bug(filename, "_cut", lambda text, characters, _in_bytes: text[:characters]),
    ],
    ids=str,
)
def test_it_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(can_be_written, NAMES)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\Windows\\cmd.exe", "cmd.exe"), ("CON", "_CON"), ("aux.txt", "_aux.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"), ("x" * 300 + ".png", "x" * 195 + ".png"), ("", "file"),
        ("..", "file"), (".bashrc", "bashrc"), ("-rf", "_-rf"), ("a\tb\n.txt", "ab.txt"),
        ("Entwurf ü.pdf", "Entwurf ü.pdf"),
        ('q"u|o?t*e.txt', "q_u_o_t_e.txt"), ("u\u0308.txt", "ü.txt"),
    ],
)  # fmt: skip
def test_names_as_people_and_villains_choose_them(name: str, safe: str) -> None:
    assert safe_name(name) == safe
