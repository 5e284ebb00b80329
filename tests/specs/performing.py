"""What each `do` of specs/vectors means in freehold: from what is given to what it gives, or a ProtocolError.

Whoever writes another implementation writes this file anew, and no more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from freehold.protocol import (
    canonical,
    contract,
    envelope,
    evidence,
    frame,
    identity,
    keylog,
    limits,
    requests,
    sealing,
    text,
)
from freehold.protocol.errors import Malformed, NotAllowed, ProtocolError, Unsupported, Unverifiable
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN
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


def _speaks(given: dict[str, Any]) -> dict[str, Any]:
    keylog.state(_record(given["inception"])).check(_record(given["record"]).header)
    return {}


def _fold(given: dict[str, Any]) -> dict[str, Any]:
    records = [_record(shown) for shown in given["records"]]
    outcomes = [_folded(order) for order in (records, records[::-1], sorted(records, key=lambda record: record.id))]
    assert outcomes[0] == outcomes[1] == outcomes[2], "the order in which records arrive must not matter"
    return outcomes[0]


def _folded(records: list[Record]) -> dict[str, Any]:
    found = contract.fold(records)
    if found is None:
        return {"contract": None}
    return {
        "contract": found.id,
        "state": found.state,
        "milestones": list(found.milestones),
        "debtors": [found.debtor(part) for part in range(len(found.milestones))],
        "counted": sorted(step.entry.id for step in found.steps),
        "waiting": sorted(name for name, _ in found.waiting),
    }


def _weigh(given: dict[str, Any]) -> dict[str, Any]:
    verdict = evidence.weigh(_record(given["review"]), [_record(shown) for shown in given["records"]])
    return {"counts": isinstance(verdict, evidence.Evidence)}


def _unseal(given: dict[str, Any]) -> dict[str, Any]:
    sealed = sealing.read_sealed(shown_bytes(given["sealed"]))
    return {"to": sealed.to, "prekey": sealed.prekey, "inside": sealing.unseal(sealed, shown_bytes(given["private"]))}


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


_PERFORM: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "decode": _decode,
    "verify": _verify,
    "derive": _derive,
    "parse-name": _parse_name,
    "unpack": _unpack,
    "check": _check,
    "speaks": _speaks,
    "fold": _fold,
    "weigh": _weigh,
    "unseal": _unseal,
    "pad": _pad,
    "split-batch": _split,
    "read-request": _read_message("read_request"),
    "read-reply": _read_message("read_reply"),
}
