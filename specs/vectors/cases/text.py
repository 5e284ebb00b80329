"""text/: the text form of names (specs/00-conventions.md)."""

from __future__ import annotations

from ..case import MALFORMED, OK, Case, Cases
from ..plain import alice, sha256

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32, _BECH32M = 1, 0x2BC830A3


def encoded(prefix: str, data: bytes, constant: int = _BECH32M, stray: int = 0) -> str:
    """bech32m as BIP-350's reference has it; `stray` is put into the padding bits."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += f"{stray:0{-len(bits) % 5}b}" if len(bits) % 5 else ""
    digits = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = 1
    for digit in spread + digits + [0] * 6:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ digit
        for place, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> place & 1 else 0
    check ^= constant
    return prefix + "1" + "".join(_ALPHABET[d] for d in digits + [check >> 5 * (5 - n) & 31 for n in range(6)])


def cases() -> Cases:
    """All of them."""
    whole = encoded("fh", alice.id)
    other = "p" if whole[10] != "p" else "q"
    bad: dict[str, tuple[str, str, str]] = {
        "one_character_wrong": ("check digits notice any one wrong character", whole[:10] + other + whole[11:], "fh"),
        "last_character_missing": ("and a missing end", whole[:-1], "fh"),
        "character_b": ("b, i, o and 1 are not in the alphabet", whole[:10] + "b" + whole[11:], "fh"),
        "character_cyrillic_a": ("nor are letters that look like others", whole[:10] + "\u0430" + whole[11:], "fh"),
        "case_mixed": ("all upper or all lower", whole[:10] + whole[10:].upper(), "fh"),
        "prefix_of_another_sort": ("an offer's name is no identity", encoded("fho", alice.id), "fh"),
        "bech32_not_bech32m": ("the older checksum", encoded("fh", alice.id, _BECH32), "fh"),
        "name_of_31_bytes": ("names have 32 bytes", encoded("fh", alice.id[:31]), "fh"),
        "padding_bits_set": (
            "padding bits are zero, or a name had several forms",
            encoded("fh", alice.id, stray=1),
            "fh",
        ),
    }
    place = sha256(b"the place of an offer")
    good = {
        "plain": Case("an identity", "parse-name", {"text": whole, "prefix": "fh"}, OK, {"name": alice.id}),
        "another_sort": Case(
            "an offer", "parse-name", {"text": encoded("fho", place), "prefix": "fho"}, OK, {"name": place}
        ),
    }
    good["upper_case"] = Case(
        "upper case is read (and never written)",
        "parse-name",
        {"text": whole.upper(), "prefix": "fh"},
        OK,
        {"name": alice.id},
    )
    refused = {
        name: Case(about, "parse-name", {"text": text, "prefix": prefix}, MALFORMED)
        for name, (about, text, prefix) in bad.items()
    }
    return good | refused
