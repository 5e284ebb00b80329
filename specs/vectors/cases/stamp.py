"""sealing/stamp_*: what a stamp is worth, to whom, for what and when (specs/06-direct.md#stamps)."""

from __future__ import annotations

from typing import Any

from ..case import NOT_ALLOWED, OK, Case, Cases
from ..plain import START_MS, alice, bob, named, sha256

_HOUR_MS = 3_600_000
_SEALED = b"any sealed document"
_HOUR = START_MS // _HOUR_MS
_END_MS = (_HOUR + 1) * _HOUR_MS - 1


def cases() -> Cases:
    """All of them."""
    nonce = _mined(12)
    other = b"any other document"
    return {
        "stamp_12_bits": _worth("made for the recipient, the document and the hour", nonce),
        "stamp_for_another": _worth("of the work for one, nothing is left for another", nonce, to=bob.id),
        "stamp_on_another": _worth("nor for another document, if the recipient is the same", nonce, sealed=other),
        "stamp_of_another_hour": _worth("nor in the next hour", nonce, hour=_HOUR + 1),
        "stamp_nonce_reversed": _worth("the nonce is bytes, in their order", nonce[::-1]),
        "stamp_2_hours_old": _worth("taken for three hours", nonce, now=_END_MS + 2 * _HOUR_MS),
        "stamp_1_hour_ahead": _worth("clocks differ", nonce, now=_END_MS - _HOUR_MS),
        "stamp_3_hours_old": _refused("and no longer", nonce, now=_END_MS + 2 * _HOUR_MS + 1),
        "stamp_2_hours_ahead": _refused("but not so much", nonce, now=_END_MS - 2 * _HOUR_MS),
    }


def _bits(to: bytes, hour: int, sealed: bytes, nonce: bytes) -> int:
    found = named("freehold/stamp/1", to + hour.to_bytes(8, "big") + sha256(sealed) + nonce)
    return len(f"{int.from_bytes(found, 'big'):0256b}".split("1", 1)[0])


def _mined(bits: int) -> bytes:
    numbers = (number.to_bytes(8, "big") for number in range(1 << 20))
    return next(nonce for nonce in numbers if _bits(alice.id, _HOUR, _SEALED, nonce) >= bits)


def _given(nonce: bytes, changes: dict[str, Any]) -> dict[str, Any]:
    usual = {"to": alice.id, "sealed": _SEALED, "hour": _HOUR, "nonce": nonce, "now": _HOUR * _HOUR_MS}
    return usual | changes


def _worth(about: str, nonce: bytes, **changes: Any) -> Case:
    given = _given(nonce, changes)
    bits = _bits(given["to"], given["hour"], given["sealed"], nonce)
    return Case(about, "weigh-stamp", given, OK, {"bits": bits})


def _refused(about: str, nonce: bytes, **changes: Any) -> Case:
    return Case(about, "weigh-stamp", _given(nonce, changes), NOT_ALLOWED)
