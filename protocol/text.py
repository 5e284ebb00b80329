"""The text form of 32-byte names: bech32m (BIP-350), so that a mistyped character is always noticed.

The one library on PyPI for bech32m speaks Bitcoin's segwit addresses only, hence these lines. Human-readable parts:
`fh` identities, `fho` offers, `fhc` contracts, `fhr` records.
"""

from __future__ import annotations

from base64 import b32encode
from functools import reduce

from .errors import Malformed

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_TERMS = [reduce(lambda a, b: a ^ b, (g for i, g in enumerate(_GENERATOR) if top >> i & 1), 0) for top in range(32)]
"""What a digit changes when it is pushed out at the top."""
_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET.encode())
"""From the letters of base 32."""
_DIGITS = bytes.maketrans(_ALPHABET.encode(), bytes(range(32)))
_BECH32M = 0x2BC830A3
_CHECKSUM_LENGTH = 6
_NAME_BYTES = 32
_LETTERS = -(-_NAME_BYTES * 8 // 5)
"""Of a whole name, without its check digits."""

IDENTITY, OFFER, CONTRACT, RECORD = "fh", "fho", "fhc", "fhr"


def show(name: bytes, prefix: str) -> str:
    """The text form of a 32-byte name, e.g. `fh1...`."""
    if len(name) != _NAME_BYTES:
        raise Malformed(f"a name has {_NAME_BYTES} bytes, not {len(name)}")
    letters = b32encode(name)[:_LETTERS].translate(_OURS)
    check = _polymod(letters.translate(_DIGITS) + bytes(_CHECKSUM_LENGTH), _BEGUN[prefix]) ^ _BECH32M
    checksum = (_ALPHABET[(check >> 5 * (_CHECKSUM_LENGTH - 1 - i)) & 31] for i in range(_CHECKSUM_LENGTH))
    return f"{prefix}1{letters.decode()}{''.join(checksum)}"


def parse(text: str, prefix: str) -> bytes:
    """The 32 bytes behind a text form. Raises Malformed with what is wrong, in words for a person."""
    lowered = text.lower()
    if text not in (lowered, text.upper()):
        raise Malformed("upper and lower case are mixed")
    if not lowered.startswith(prefix + "1"):
        raise Malformed(f"it does not begin with {prefix}1")
    letters = lowered[len(prefix) + 1 :]
    digits = [_ALPHABET.find(letter) for letter in letters]
    if -1 in digits:
        raise Malformed(f"it contains {letters[digits.index(-1)]!r}, which these names never do")
    if _polymod(digits, _BEGUN[prefix]) != _BECH32M:
        raise Malformed("its check digits do not match: a character is wrong or missing")
    name = bytes(_regroup(digits[:-_CHECKSUM_LENGTH], 5, 8, pad=False))
    if len(name) != _NAME_BYTES:
        raise Malformed("it has the wrong length")
    return name


def beginning(text: str, prefix: str) -> bytes:
    """The whole bytes that the first letters of a text form settle. Raises Malformed for a text form's full length.

    Without the check digits a mistyped letter goes unnoticed: what is found by it must be compared with the letters.
    """
    lowered = text.lower()
    if not lowered.startswith(prefix + "1"):
        raise Malformed(f"it does not begin with {prefix}1")
    digits = [_ALPHABET.find(letter) for letter in lowered[len(prefix) + 1 :]]
    if -1 in digits:
        raise Malformed("it contains a character that these names never do")
    if len(digits) >= _LETTERS:
        raise Malformed("it is as long as a whole name")
    whole_bytes = len(digits) * 5 // 8
    bits = sum(digit << 5 * place for place, digit in enumerate(reversed(digits))) >> (
        len(digits) * 5 - whole_bytes * 8
    )
    return bits.to_bytes(whole_bytes, "big")


def _expand(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(digits: bytes | list[int], check: int = 1) -> int:
    terms = _TERMS
    for digit in digits:
        check = (check & 0x1FFFFFF) << 5 ^ digit ^ terms[check >> 25]
    return check


def _regroup(digits: bytes | list[int], width: int, into: int, *, pad: bool) -> list[int]:
    held = bits = 0
    out: list[int] = []
    for digit in digits:
        held = (held << width) | digit
        bits += width
        while bits >= into:
            bits -= into
            out.append(held >> bits & (1 << into) - 1)
        held &= (1 << bits) - 1
    if pad and bits:
        out.append(held << (into - bits) & (1 << into) - 1)
    elif not pad and (bits >= width or held):
        raise Malformed("its last character carries stray bits")
    return out


_BEGUN = {prefix: _polymod(_expand(prefix)) for prefix in (IDENTITY, OFFER, CONTRACT, RECORD)}
"""What the check digits of everything with a prefix begin from."""
