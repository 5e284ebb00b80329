"""requests/: what nodes ask each other, and the answers (specs/05-gossip.md)."""

from __future__ import annotations

from typing import Any

from ..case import MALFORMED, OK, UNSUPPORTED, Case, Cases, tagged
from ..plain import pack, sha256

_ID = sha256(b"any id")
_EPOCH = bytes(range(16))
_PAGE = {"op": "page", "epoch": _EPOCH, "ids": [_ID], "next": 7, "more": True}
_FILE = 25 * 1024 * 1024
_ASK, _ANSWER = "read-request", "read-reply"


def cases() -> Cases:
    """All of them."""
    good: dict[str, tuple[str, str, dict[str, Any]]] = {
        "fetch": (_ASK, "records by id", {"ids": [_ID, sha256(b"another")]}),
        "logs": (_ASK, "key logs of identities", {"of": [_ID]}),
        "catch-up": (_ASK, "what came after a position", {"epoch": _EPOCH, "after": 0}),
        "deliver": (_ASK, "something sealed", {"sealed": b"sealed"}),
        "records": (_ANSWER, "those that are here: none", {"records": []}),
        "page": (_ANSWER, "ids in the order of arrival", _PAGE),
        "acknowledged": (_ANSWER, "a signed acknowledgment", {"record": b"packed"}),
        "file": (_ASK, "a file from its second piece on", {"sha256": _ID, "start": 196_608}),
        "file_to_its_end": (_ASK, "what follows the last byte that a file can have", {"sha256": _ID, "start": _FILE}),
        "piece": (_ANSWER, "a piece of a file", {"size": 3, "data": b"abc"}),
        "piece_empty": (_ANSWER, "of an empty file, or after its end", {"size": 0, "data": b""}),
        "declined": (_ANSWER, "and why not", {"reason": "not now", "again": True}),
    }
    bad: dict[str, tuple[str, str, Any]] = {
        "op_missing": (_ASK, "every message has an op", {"ids": [_ID]}),
        "no_map": (_ASK, "a message is a map", ["fetch", [_ID]]),
        "request_as_reply": (_ANSWER, "a question instead of an answer", {"op": "fetch", "ids": [_ID]}),
        "reply_as_request": (_ASK, "an answer that nobody asked for", _PAGE),
        "fetch_nothing": (_ASK, "at least one id", {"op": "fetch", "ids": []}),
        "reply_262145_bytes": (_ANSWER, "a byte too many", _records(262_145)),
        "file_start_26214401": (_ASK, "no file is as long", {"op": "file", "sha256": _ID, "start": _FILE + 1}),
        "file_31_bytes": (_ASK, "a SHA-256 has 32 bytes", {"op": "file", "sha256": _ID[:31], "start": 0}),
        "piece_196609_bytes": (_ANSWER, "a byte too many", {"op": "piece", "size": _FILE, "data": bytes(196_609)}),
        "piece_of_26214401_bytes": (_ANSWER, "no file is as long", {"op": "piece", "size": _FILE + 1, "data": b"a"}),
        "page_more_is_1": (_ANSWER, "1 is not true", _PAGE | {"more": 1}),
    }
    stamp = {"hour": 491_000, "nonce": bytes(range(8))}
    stamped: dict[str, tuple[str, str, str, dict[str, Any]]] = {
        "deliver_with_stamp": (_ASK, "with a stamp", "deliver", {"sealed": b"sealed", "stamp": stamp}),
        "declined_with_stamp": (
            _ANSWER, "what would be needed", "declined", {"reason": "pay first", "again": True, "stamp": 16},
        ),
    }  # fmt: skip
    bad |= {
        "deliver_stamp_without_hour": (
            _ASK, "a stamp has an hour", {"op": "deliver", "sealed": b"sealed", "stamp": {"nonce": bytes(8)}},
        ),
        "deliver_nonce_7_bytes": (
            _ASK, "a nonce has 8 bytes", {"op": "deliver", "sealed": b"", "stamp": {"hour": 1, "nonce": bytes(7)}},
        ),
        "declined_stamp_0": (
            _ANSWER, "who asks for nothing does not say so",
            {"op": "declined", "reason": "not now", "again": True, "stamp": 0},
        ),
    }  # fmt: skip
    most = Case("the longest reply", _ANSWER, {"bytes": pack(_records(262_144))}, OK, {})
    unknown = Case("an op from the future", _ASK, {"bytes": pack({"op": "dance"})}, UNSUPPORTED)
    return (
        {
            op.replace("-", "_"): _taken(about, do, op.partition("_")[0], fields)
            for op, (do, about, fields) in good.items()
        }
        | {name: _taken(about, do, op, fields) for name, (do, about, op, fields) in stamped.items()}
        | {name: Case(about, do, {"bytes": pack(value)}, MALFORMED) for name, (do, about, value) in bad.items()}
        | {"op_unknown": unknown, "reply_262144_bytes": most}
    )


def _records(size: int) -> dict[str, Any]:
    """A reply of `size` bytes; 15 records of 17,024 and one that fills it up."""
    full = [bytes(17_024)] * 15
    rest = size - len(pack({"op": "records", "records": [*full, b""]})) - 1  # its head has a byte more then
    return {"op": "records", "records": [*full, bytes(rest)]}


def _taken(about: str, do: str, op: str, fields: dict[str, Any]) -> Case:
    return Case(about, do, {"bytes": pack({"op": op} | fields)}, OK, {"message": tagged({"op": op} | fields)})
