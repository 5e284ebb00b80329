"""Names come back from their text form; a slip of the finger never gives another name."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from freehold.protocol import text
from freehold.protocol.errors import Malformed
from freehold.protocol.text import CONTRACT, IDENTITY, OFFER, RECORD, beginning, parse, show
from tests.cast import alice
from tests.protocol.planted import Bug

NAMES = st.binary(min_size=32, max_size=32)
PREFIXES = st.sampled_from([IDENTITY, OFFER, CONTRACT, RECORD])
PLACES = st.integers(0, 57)
LETTERS = st.sampled_from(text._ALPHABET)


def comes_back(name: bytes, prefix: str) -> None:
    """There and back, in either case; as many letters as are given settle the first bytes."""
    shown = show(name, prefix)
    assert parse(shown, prefix) == parse(shown.upper(), prefix) == name
    for letters in range(52):
        found = beginning(shown[: len(prefix) + 1 + letters], prefix)
        assert found == name[: letters * 5 // 8]


@given(NAMES, PREFIXES)
def test_a_name_comes_back(name: bytes, prefix: str) -> None:
    comes_back(name, prefix)


def slips_are_told(name: bytes, at: int, others: tuple[str, str]) -> None:
    """One letter wrong, two, two swapped, one lost or doubled: always noticed."""
    shown = show(name, IDENTITY)
    here = 3 + at
    wrong = {
        shown[:here] + others[0] + shown[here + 1 :],
        shown[:here] + others[0] + shown[here + 1 : -1] + others[1],
        shown[:here] + shown[here + 1 : here + 2] + shown[here] + shown[here + 2 :],
        shown[:here] + shown[here + 1 :],
        shown[:here] + shown[here] + shown[here:],
    }
    for typed in wrong - {shown}:
        with pytest.raises(Malformed):
            parse(typed, IDENTITY)


SLIPS = (NAMES, PLACES, st.tuples(LETTERS, LETTERS))


@given(*SLIPS)
def test_slips_are_told(name: bytes, at: int, others: tuple[str, str]) -> None:
    slips_are_told(name, at, others)


@pytest.mark.parametrize(
    "bug",
    [
        Bug(text, "_polymod", lambda digits, check=1: text._BECH32M),
        Bug(text, "_polymod", lambda digits, check=1: text._BECH32M ^ sum(digits) & 31),
    ],
)
def test_a_weak_check_would_be_noticed(bug: Bug) -> None:
    bug.must_be_caught(slips_are_told, *SLIPS, told_by=(AssertionError, pytest.fail.Exception))


@pytest.mark.parametrize("valid", ["A1LQFN3A", "a1lqfn3a", "?1v759aa"])
def test_the_check_digits_are_those_of_bip_350(valid: str) -> None:
    prefix, _, letters = valid.lower().rpartition("1")
    digits = [text._ALPHABET.index(letter) for letter in letters]
    assert text._polymod([*text._expand(prefix), *digits]) == text._BECH32M


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "does not begin with fh1"),
        (show(alice.id, OFFER), "does not begin with fh1"),
        (show(alice.id, IDENTITY)[:10] + "b" + show(alice.id, IDENTITY)[11:], "contains 'b'"),
        (show(alice.id, IDENTITY)[:-1], "check digits"),
        (show(alice.id, IDENTITY).replace("fh1", "FH1"), "upper and lower case"),
        (show(alice.id, IDENTITY) + " ", "contains ' '"),
        ("fh1", "check digits"),
    ],
)
def test_it_is_told_what_is_wrong(typed: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse(typed, IDENTITY)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_name_has_32_bytes(size: int) -> None:
    with pytest.raises(Malformed, match=f"not {size}"):
        show(bytes(size), IDENTITY)
    digits = text._regroup(bytes(size), 8, 5, pad=True)
    with pytest.raises(Malformed, match="length"):
        parse(_with_check_digits(digits), IDENTITY)


def test_the_last_letter_carries_no_stray_bits() -> None:
    digits = text._regroup(alice.id, 8, 5, pad=True)
    assert parse(_with_check_digits(digits), IDENTITY) == alice.id
    with pytest.raises(Malformed, match="stray"):
        parse(_with_check_digits([*digits[:-1], digits[-1] | 1]), IDENTITY)


def _with_check_digits(digits: list[int]) -> str:
    check = text._polymod([*text._expand(IDENTITY), *digits, *[0] * 6]) ^ text._BECH32M
    letters = [*digits, *((check >> 5 * (5 - place)) & 31 for place in range(6))]
    return "fh1" + "".join(text._ALPHABET[letter] for letter in letters)


@pytest.mark.parametrize("typed", ["", "fho1qq", "fh1b", show(alice.id, IDENTITY), show(alice.id, IDENTITY)[:-6]])
def test_what_is_no_beginning(typed: str) -> None:
    with pytest.raises(Malformed):
        beginning(typed, IDENTITY)
