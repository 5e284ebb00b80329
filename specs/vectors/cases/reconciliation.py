"""reconciliation/: sums, spans, sketches, blocks and messages (specs/10-reconciliation.md), made naively."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, isqrt
from typing import Any

import zstandard

from ..case import MALFORMED, OK, UNSUPPORTED, Case, Cases, tagged
from ..plain import Encoded, pack, sha256

_AT = 1_750_000_000_000
_SPANS, _TELL, _MEET, _SKETCH, _BLOCK, _MESSAGE = (
    "read-spans", "tell-spans", "answer-spans", "sketch", "read-block", "read-message",
)  # fmt: skip


def _key(number: int, at: int = _AT) -> bytes:
    return at.to_bytes(8, "big") + sha256(b"key %d" % number)


KEYS = sorted(_key(number, _AT + number // 2) for number in range(40))
FEW = KEYS[:5]


def _total(keys: list[bytes]) -> bytes:
    return (sum(int.from_bytes(key[8:], "big") for key in keys) % 2**256).to_bytes(32, "big")


def _print(keys: list[bytes]) -> bytes:
    return sha256(b"freehold/range/1\0" + _total(keys) + len(keys).to_bytes(8, "big"))[:16]


def _number(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value % 128 + 128]) + _number(value // 128)


def _bound(high: bytes | None, before: int = 0) -> bytes:
    if high is None:
        return b"\0"
    prefix = high[8:].rstrip(b"\0")
    return _number(1 + int.from_bytes(high[:8], "big") - before) + bytes([len(prefix)]) + prefix


def _sum(keys: list[bytes]) -> bytes:
    return b"\1" + _number(len(keys)) + _print(keys)


def _list(keys: list[bytes]) -> bytes:
    return b"\2" + _number(len(keys)) + b"".join(key[8:24] for key in keys)


def _parted(keys: list[bytes]) -> bytes:
    """Four parts with as many keys each; bounds as short as they can be."""
    out, before = b"", 0
    for part in range(4):
        here = keys[len(keys) * part // 4 : len(keys) * (part + 1) // 4]
        if part == 3:
            return out + _bound(None) + _sum(here)
        left, right = here[-1], keys[len(keys) * (part + 1) // 4]
        size = next(size for size in range(8, 41) if size == 40 or left[:size] < right[:size])
        out += _bound(right[:size].ljust(40, b"\0"), before) + _sum(here)
        before = int.from_bytes(right[:8], "big")
    return out


def _cells(ids: list[bytes], count: int) -> bytes:
    cells = [0] * count
    for name in ids:
        digest = sha256(b"freehold/sketch/1\0" + name[:8])
        state, cell = int.from_bytes(digest[4:12], "big"), 0
        while cell < count:
            cells[cell] ^= int.from_bytes(name[:8] + digest[:4], "big")
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            root = isqrt((state // 2**32 + 1) * 2**32)
            cell += max(1, ceil(Fraction((2 * cell + 3) * (2**32 - root), 2 * root)))
    return b"".join(cell.to_bytes(12, "big") for cell in cells)


def cases() -> Cases:
    """All of them."""
    return _span_cases() | _answer_cases() | _sketch_cases() | _block_cases() | _message_cases()


def _span_cases() -> Cases:
    first = KEYS[7][:8].ljust(40, b"\0")
    good = {
        "spans_none": ("nothing is said", b""),
        "spans_sum": ("a sum of everything", _bound(None) + _sum(KEYS)),
        "spans_list": ("every key there is", _bound(None) + _list(FEW)),
        "spans_list_none": ("no key at all", _bound(None) + _list([])),
        "spans_skip": ("nothing of the first range", _bound(first) + b"\0" + _bound(None) + _sum(KEYS[7:])),
        "spans_parts": ("four parts", _parted(KEYS)),
    }
    late = (_AT + 5).to_bytes(8, "big") + b"\x80".ljust(32, b"\0")
    bad = {
        "spans_stand_still": ("a bound twice", _bound(late) + _sum(FEW) + _bound(late, _AT + 5) + _sum(FEW)),
        "spans_after_the_end": ("nothing follows the end", _bound(None) + _sum(FEW) + _bound(late) + _sum(FEW)),
        "spans_cut": ("a fingerprint of 15 bytes", (_bound(None) + _sum(FEW))[:-1]),
        "spans_sort_3": ("there is no sort 3", _bound(None) + b"\3\0"),
        "spans_list_257": ("one too many", _bound(None) + b"\2" + _number(257) + bytes(16 * 257)),
        "spans_long_number": ("a number in more bytes than it takes", b"\x80\0" + _sum(FEW)),
        "spans_long_bound": ("a bound with a zero at its end", _number(_AT) + b"\2\1\0" + _sum(FEW)),
        "spans_id_of_33_bytes": ("no id is so long", _number(_AT) + b"\x21" + b"\1" * 33 + _sum(FEW)),
    }
    told = {
        "tell_eight": ("eight keys are told one by one", KEYS[:8], _bound(None) + _list(KEYS[:8])),
        "tell_nine": ("nine are told as four sums", KEYS[:9], _parted(KEYS[:9])),
        "tell_forty": ("as many in each part", KEYS, _parted(KEYS)),
    }
    return (
        {name: Case(about, _SPANS, {"bytes": data}, OK, {}) for name, (about, data) in good.items()}
        | {name: Case(about, _SPANS, {"bytes": data}, MALFORMED) for name, (about, data) in bad.items()}
        | {name: Case(about, _TELL, {"keys": keys}, OK, {"bytes": data}) for name, (about, keys, data) in told.items()}
    )


def _answer_cases() -> Cases:
    def case(about: str, keys: list[bytes], heard: bytes, **gives: Any) -> Case:
        expected = {"spans": b"", "give": [], "ask": []} | gives
        return Case(about, _MEET, {"keys": keys, "bytes": heard}, OK, expected)

    whole = _bound(None)
    return {
        "answer_equal": case("nothing to say", KEYS, whole + _sum(KEYS)),
        "answer_to_nobody": case("everything is given", FEW, whole + _list([]), give=FEW),
        "answer_to_a_sum_of_none": case("everything is given", FEW, whole + _sum([]), give=FEW),
        "answer_with_none": case("having nothing is told", [], whole + _sum(FEW), spans=whole + _list([])),
        "answer_few": case("few are told one by one", FEW, whole + _sum(KEYS), spans=whole + _list(FEW)),
        "answer_many": case("many are parted", KEYS, whole + _sum(FEW), spans=_parted(KEYS)),
        "answer_to_a_list": case(
            "what either lacks", FEW, whole + _list([*FEW[1:], KEYS[9]]), give=FEW[:1], ask=[KEYS[9][8:24]]
        ),
        "answer_to_a_wrong_sum": case(
            "as many, but others", FEW, whole + b"\1\5" + _print(KEYS[1:6]), spans=whole + _list(FEW)
        ),
    }


def _sketch_cases() -> Cases:
    ids = [key[8:] for key in KEYS]

    def case(about: str, names: list[bytes], count: int) -> Case:
        return Case(about, _SKETCH, {"ids": names, "cells": count}, OK, {"bytes": _cells(names, count)})

    return {
        "sketch_one": case("one key walks through its cells", ids[:1], 64),
        "sketch_many": case("the first cell holds all", ids, 24),
        "sketch_twice": case("a key that is in twice is out", [*ids[:3], ids[2]], 24),
    }


def _block_cases() -> Cases:
    def squeezed(content: bytes, *, size: bool = True) -> bytes:
        return zstandard.ZstdCompressor(write_content_size=size).compress(content)

    records = [b"a packed record", b"another packed record"]
    return {
        "block": Case("two records", _BLOCK, {"bytes": squeezed(pack(records))}, OK, {"items": records}),
        "block_none": Case("at least one", _BLOCK, {"bytes": squeezed(pack([]))}, MALFORMED),
        "block_257": Case("one too many", _BLOCK, {"bytes": squeezed(pack([b"x"] * 257))}, MALFORMED),
        "block_of_text": Case("a packed record is a byte string", _BLOCK, {"bytes": squeezed(pack(["x"]))}, MALFORMED),
        "block_without_size": Case(
            "its size is not said", _BLOCK, {"bytes": squeezed(pack(records), size=False)}, MALFORMED
        ),
        "block_too_large": Case(
            "a byte more than may be", _BLOCK, {"bytes": squeezed(bytes(1_048_577))}, MALFORMED
        ),
        "block_and_more": Case("something behind it", _BLOCK, {"bytes": squeezed(pack(records)) + b"x"}, MALFORMED),
        "block_bare": Case("not compressed", _BLOCK, {"bytes": pack(records)}, MALFORMED),
        "block_long_form": Case(
            "longer than it need be", _BLOCK, {"bytes": squeezed(b"\xdc\x00\x01\xc4\x01x")}, MALFORMED
        ),
    }  # fmt: skip


def _message_cases() -> Cases:
    sum_ = _total(KEYS)
    everything: dict[str, Any] = {"kinds": [], "since": 0, "people": b""}
    some = {"kinds": ["offer/1", "profile/1"], "since": _AT, "people": sha256(b"somebody")}
    opening = {"n": 40, "sum": sum_, "nonce": bytes(range(8)), "caps": ["cells/1"]}
    good: dict[str, dict[str, Any]] = {
        "open": everything | opening,
        "open_some": some | opening | {"caps": []},
        "same": {},
        "narrow": some,
        "later": {},
        "cells": {"n": 40, "first": 0, "cells": _cells([key[8:] for key in KEYS], 8)},
        "more": {"upto": 4096},
        "ranges": {"n": 40, "spans": _parted(KEYS)},
        "ask": {"names": KEYS[0][8:16] + KEYS[1][8:16]},
        "give": {"block": b"compressed"},
        "gone": {"names": b""},
        "credit": {"blocks": 1},
        "done": {"n": 40, "sum": sum_},
    }
    bad: dict[str, Any] = {
        "credit_3": {"op": "credit", "blocks": 3},
        "more_4097": {"op": "more", "upto": 4097},
        "open_without_nonce": {"op": "open"} | everything | opening | {"nonce": b""},
        "open_with_65_kinds": {"op": "open"} | everything | opening | {"kinds": [f"k{n}/1" for n in range(65)]},
        "done_with_a_short_sum": {"op": "done", "n": 1, "sum": sum_[1:]},
        "no_op": {"n": 1},
        "no_map": ["same"],
        "not_canonical": Encoded(b"\x82\xa2op\xa6credit\xa6blocks\x01"),
    }
    taken = {
        f"message_{name}": Case(
            f"{name.split('_')[0]} is read and written the same", _MESSAGE,
            {"bytes": pack({"op": name.split("_")[0]} | fields)}, OK,
            {"message": tagged({"op": name.split("_")[0]} | fields)},
        )
        for name, fields in good.items()
    }  # fmt: skip
    refused = {
        f"message_{name}": Case(name.replace("_", " "), _MESSAGE, {"bytes": pack(value)}, MALFORMED)
        for name, value in bad.items()
    }
    unknown = Case("an op from the future", _MESSAGE, {"bytes": pack({"op": "dance"})}, UNSUPPORTED)
    return taken | refused | {"message_op_unknown": unknown}
