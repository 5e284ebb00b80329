"""What each `do` of specs/vectors means in freehold: from what is given to what it gives, or a ProtocolError.

Whoever writes another implementation writes this file anew, and no more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from freehold.protocol import (
    canonical,
    envelope,
    evidence,
    frame,
    identity,
    keylog,
    limits,
    lines,
    requests,
    schema,
    sealing,
    stamp,
    text,
)
from freehold.protocol.contract import LAPSED, OFFERED
from freehold.protocol.errors import Malformed, NotAllowed, ProtocolError, Unsupported, Unverifiable
from freehold.protocol.fold import fold
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.reconcile import blocks, messages, ranges
from freehold.protocol.reconcile.keys import OrderedKeys
from freehold.protocol.reconcile.sketch import PREFIX_BYTES, Sketch, dump
from freehold.protocol.resume import bundle
from freehold.protocol.resume.judging import judge
from specs.vectors.case import as_json, tagged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from freehold.protocol.envelope import Record

Outcome = tuple[str, dict[str, Any] | None]
"""What `expect` and `gives` say."""

_REGISTRY = Registry(BUILTIN)
_WORDS = {Malformed: "malformed", Unverifiable: "unverifiable", NotAllowed: "not-allowed", Unsupported: "unsupported"}
_HEADER_FIELDS = {"net": "network", "in": "context", "len": "length"}


def expected(path: Path) -> tuple[str, dict[str, Any], Outcome]:
    """A vector: what to do, with what, and what must come of it."""
    vector = json.loads(path.read_text())
    return vector["do"], vector["given"], (vector["expect"], vector.get("gives"))


def performed(do: str, given: dict[str, Any]) -> Outcome:
    """What freehold makes of it."""
    try:
        return "ok", as_json(_PERFORM[do](given))
    except tuple(_WORDS) as error:
        return _WORDS[type(error)], None


def shown_bytes(text: str) -> bytes:
    """The bytes behind `0102 00*40`."""
    pieces = (piece.partition("*") for piece in text.split())
    return b"".join(bytes.fromhex(piece) * int(times or 1) for piece, _, times in pieces)


def _writes_again(write: Callable[[], bytes | str], read: bytes | str) -> None:
    """What was read is written the same; a refusal to write it is no outcome of reading it."""
    try:
        written = write()
    except ProtocolError as error:
        raise AssertionError("what was read cannot be written") from error
    assert written == read


def _decode(given: dict[str, Any]) -> dict[str, Any]:
    data = shown_bytes(given["bytes"])
    value = canonical.decode(data)
    _writes_again(lambda: canonical.encode(value), data)
    return {"value": tagged(value)}


def _verify(given: dict[str, Any]) -> dict[str, Any]:
    identity.verify(*(shown_bytes(given[name]) for name in ("key", "signature", "message")))
    return {}


def _derive(given: dict[str, Any]) -> dict[str, Any]:
    root = identity.Root(shown_bytes(given["secret"]))
    signer, inception = keylog.incept(root, 0, "test-market")
    return {
        "signing_seed_0": root.signing_seed(0),
        "signing_key_0": signer.key,
        "signing_key_1": identity.public_key(root.signing_seed(1)),
        "recovery_key_0": identity.public_key(root.recovery_seed(0)),
        "next_commitment": identity.commitment(identity.public_key(root.signing_seed(1))),
        "inception_body": inception.body,
        "identity": signer.identity,
        "text": text.show(signer.identity, text.IDENTITY),
    }


def _parse_name(given: dict[str, Any]) -> dict[str, Any]:
    name = text.parse(given["text"], given["prefix"])
    _writes_again(lambda: text.show(name, given["prefix"]), given["text"].lower())
    return {"name": name}


def _record(shown: str) -> Record:
    data = shown_bytes(shown)
    record = envelope.unpack(data)
    _writes_again(lambda: envelope.pack(record), data)
    return record


def _unpack(given: dict[str, Any]) -> dict[str, Any]:
    record = _record(given["bytes"])
    fields: dict[str, Any] = {"v": 1}
    for name in ("net", "kind", "by", "key", "at", "body", "len", "in", "slot", "till", "part", "seq", "prev", "seen"):
        value = getattr(record.header, _HEADER_FIELDS.get(name, name))
        if value not in (None, ()):
            fields[name] = list(value) if type(value) is tuple else value
    return {"id": record.id, "header": tagged(fields), "body": record.body}


def _check(given: dict[str, Any]) -> dict[str, Any]:
    record = _record(given["record"])
    _REGISTRY[record.header.kind].open(record)
    return {"place": envelope.place_of(record.header)}


def _check_all(given: dict[str, Any]) -> dict[str, Any]:
    (outcome,) = {_how(_check, {"record": shown}) for shown in given["records"]}
    if outcome is not None:
        raise outcome("all of them")
    return {}


def _how(act: Callable[[dict[str, Any]], object], given: dict[str, Any]) -> type[ProtocolError] | None:
    """The way in which something is refused, or None."""
    try:
        act(given)
    except ProtocolError as error:
        return type(error)
    return None


def _speaks(given: dict[str, Any]) -> dict[str, Any]:
    keylog.state(_record(given["inception"])).check(_record(given["record"]).header)
    return {}


def _fold(given: dict[str, Any]) -> dict[str, Any]:
    records, now = [_record(shown) for shown in given["records"]], given["now"]
    orders = (records, records[::-1], sorted(records, key=lambda record: record.id))
    outcomes = [_folded(order, now) for order in orders]
    assert outcomes[0] == outcomes[1] == outcomes[2], "the order in which records arrive must not matter"
    return outcomes[0]


def _folded(records: list[Record], now: int) -> dict[str, Any]:
    found = fold(records, now)
    if found is None:
        return {"contract": None}
    outcome: dict[str, Any] = {"contract": found.id, "state": found.state}
    outcome["refused"] = [name for name, _ in found.refused]
    outcome["waiting"] = sorted(name for name, _ in found.waiting)
    if found.state in (OFFERED, LAPSED):
        return outcome
    outcome["milestones"] = [
        {
            "state": milestone.state,
            "debtor": found.debtor(part),
            "deadline": milestone.deadline,
            "until": milestone.claim.until if milestone.claim else None,
        }
        for part, milestone in enumerate(found.milestones)
    ]
    outcome["marks"] = sorted(
        ({name: getattr(mark, name) for name in _MARK} for mark in found.marks),
        key=lambda mark: (mark["at"], mark["on"]),
    )
    outcome["counted"] = sorted(step.entry.id for step in found.steps if not step.derived)
    outcome["terms"] = found.scope.terms
    outcome["changes"] = [change.state for change in found.changes]
    return outcome


_MARK = ("on", "role", "what", "part", "at", "witnessed")


def _weigh(given: dict[str, Any]) -> dict[str, Any]:
    records = [_record(shown) for shown in given["records"]]
    verdict = evidence.weigh(_record(given["review"]), records, given["now"])
    if isinstance(verdict, evidence.Evidence):
        return {"counts": True, "grade": verdict.grade}
    return {"counts": False, "grade": None}


def _check_reputation(given: dict[str, Any]) -> dict[str, Any]:
    try:
        found = bundle.read(given["file"].encode())
    except lines.Flawed as flaw:
        return {"flaw": flaw.line}
    judged = judge(found, given["now"])
    return {
        "flaw": None,
        "records": len(found.lines),
        "exporter": found.exporter,
        "counted": len(judged.result.shares),
        "mean": round(judged.result.mean * 10_000),
    }


def _unseal(given: dict[str, Any]) -> dict[str, Any]:
    sealed = sealing.read_sealed(shown_bytes(given["sealed"]))
    return {"to": sealed.to, "prekey": sealed.prekey, "inside": sealing.unseal(sealed, shown_bytes(given["private"]))}


def _weigh_stamp(given: dict[str, Any]) -> dict[str, Any]:
    made = stamp.Stamp(given["hour"], shown_bytes(given["nonce"]))
    return {"bits": stamp.strength(made, shown_bytes(given["to"]), shown_bytes(given["sealed"]), given["now"])}


def _pad(given: dict[str, Any]) -> dict[str, Any]:
    return {"padded": sealing._pad(shown_bytes(given["bytes"]))}


def _split(given: dict[str, Any]) -> dict[str, Any]:
    return {"items": frame.unpack_batch(shown_bytes(given["bytes"]))}


def _read_message(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def act(given: dict[str, Any]) -> dict[str, Any]:
        data = shown_bytes(given["bytes"])
        message = getattr(requests, name)(data)
        _writes_again(lambda: requests.write(message), data)
        return {"message": tagged(canonical.decode(data, limits.REPLY_BYTES))}

    return act


def _read_talk(given: dict[str, Any]) -> dict[str, Any]:
    data = shown_bytes(given["bytes"])
    message = messages.read(data)
    _writes_again(lambda: messages.write(message), data)
    return {"message": tagged({"op": type(message).__name__.lower(), **schema.to_map(message)})}


def _read_spans(given: dict[str, Any]) -> dict[str, Any]:
    data = shown_bytes(given["bytes"])
    spans = ranges.load(data)
    _writes_again(lambda: ranges.dump(spans), data)
    return {}


def _keys(given: dict[str, Any]) -> OrderedKeys:
    return OrderedKeys.of(shown_bytes(key) for key in given["keys"])


def _tell_spans(given: dict[str, Any]) -> dict[str, Any]:
    return {"bytes": ranges.dump(ranges.opening(_keys(given)))}


def _answer_spans(given: dict[str, Any]) -> dict[str, Any]:
    keys = _keys(given)
    names = {key[8:24] for key in keys}
    found = ranges.answer(keys, ranges.load(shown_bytes(given["bytes"])), names.__contains__)
    give = [key for push in found.give for key in keys.keys_from(push.low, push.high, 99) if key[8:24] not in push.but]
    return {"spans": ranges.dump(found.spans), "give": give, "ask": found.ask}


def _sketch(given: dict[str, Any]) -> dict[str, Any]:
    made = Sketch()
    for name in given["ids"]:
        made.toggle(shown_bytes(name)[:PREFIX_BYTES])
    return {"bytes": dump(made.cells[: given["cells"]])}


_PERFORM: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "decode": _decode,
    "verify": _verify,
    "derive": _derive,
    "parse-name": _parse_name,
    "unpack": _unpack,
    "check": _check,
    "check-all": _check_all,
    "speaks": _speaks,
    "fold": _fold,
    "weigh": _weigh,
    "check-reputation": _check_reputation,
    "unseal": _unseal,
    "weigh-stamp": _weigh_stamp,
    "pad": _pad,
    "split-batch": _split,
    "read-request": _read_message("read_request"),
    "read-reply": _read_message("read_reply"),
    "read-message": _read_talk,
    "read-spans": _read_spans,
    "tell-spans": _tell_spans,
    "answer-spans": _answer_spans,
    "sketch": _sketch,
    "read-block": lambda given: {"items": blocks.read(shown_bytes(given["bytes"]))},
}
