"""reputation/: files that hold somebody's reputation, what they show, and where they do not hold
(specs/09-reputation-bundle.md)."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from typing import Any

from ..case import OK, Case, Cases
from ..deal import DAY_MS, START_MS, commitment, day, deal, review_body
from ..plain import NETWORK, Author, Signed, alice, bob, carol, mallory, record, sign
from .contract import straight
from .text import encoded

_UNKNOWN = 3_430
"""Somebody without reviews, in five fields: 5 * (6*0 + 6*1 + 14*3 + 34*7 + 40*10), of 5,000."""
_BEST = 5_000
"""One review with the best levels: 5 * 100 * 10, of 5,000. Both together are of 10,000."""


def _log(author: Author) -> Signed:
    return record(author, "inception/1", author.inception, in_=author.id, seq=0, at=START_MS - DAY_MS)


def _profile(author: Author, name: str) -> Signed:
    body = {"name": name, "about": "", "roles": [], "skills": [], "languages": []}
    return record(author, "profile/1", body, slot=b"profile")


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _shown(made: Signed) -> bytes:
    return _line(
        {
            "kind": made.kind,
            "by": encoded("fh", made.author.id),
            "id": encoded("fhr", made.id),
            "record": b64encode(made.packed).decode(),
        }
    )


def _people(*more: Author) -> list[Signed]:
    """Keys first, then names."""
    logs = sorted(map(_log, (alice, bob, *more)), key=lambda each: each.id)
    return [*logs, *sorted((_profile(alice, "Alice"), _profile(bob, "Bob")), key=lambda each: each.id)]


def _career(*, private: bool = True) -> list[Signed]:
    """A contract that went well, as everybody has it, and what alice says of bob afterwards; as dated."""
    made, said = straight(private=private), review_body(bob.id)
    promised = commitment(alice, said, made.contract, at=day(6))
    written = record(alice, "review/1", said, in_=made.contract, at=day(6) + 1)
    return [*made.records, promised, written]


def _above(records: list[Signed], *, subject: Author = bob) -> list[bytes]:
    first = {
        "format": "freehold-reputation/1",
        "subject": encoded("fh", subject.id),
        "network": NETWORK,
        "exported": day(30),
    }
    return [_line(first), *map(_shown, records)]


def _whole(above: list[bytes], signer: Author | None = None, *, signed_by: Author | None = None) -> str:
    """With the last line; signed by the signer's key, or by that of somebody else in their name."""
    data = b"".join(above)
    found = hashlib.sha256(data).digest()
    last: dict[str, Any] = {"sha256": found.hex()}
    if signer is not None:
        signature = (signed_by or signer).sign(b"freehold/bundle/1\0" + found)
        last |= {"by": encoded("fh", signer.id), "signature": b64encode(signature).decode()}
    return (data + _line(last)).decode()


def _holds(about: str, file: str, records: int, counted: int, exporter: Author | None = None) -> Case:
    mean = (_UNKNOWN + _BEST) if counted else _UNKNOWN * 2
    gives: dict[str, Any] = {
        "flaw": None,
        "records": records,
        "exporter": None if exporter is None else exporter.id,
        "counted": counted,
        "mean": mean,
    }
    return Case(about, "check-reputation", {"file": file, "now": day(60)}, OK, gives)


def _fails(about: str, file: str, line: int) -> Case:
    return Case(about, "check-reputation", {"file": file, "now": day(60)}, OK, {"flaw": line})


def cases() -> Cases:
    """All of them."""
    records = [*_people(), *_career()]
    above = _above(records)
    quiet = [*_people(), *_career()[:-2]]
    return {
        "whole": _holds("one contract, one review", _whole(above), len(records), 1),
        "signed": _holds("by the one whom it is about", _whole(above, bob), len(records), 1, bob),
        "not_reviewed": _holds("a contract alone moves no number", _whole(_above(quiet)), len(quiet), 0),
        **_damaged(above),
        **_out_of_place(),
    }


def _damaged(above: list[bytes]) -> Cases:
    said, last = len(above), len(above) + 1
    words = above[-1].replace(b'"record":"', b'"record": "')
    named = above[-1].replace(encoded("fh", alice.id).encode(), encoded("fh", bob.id).encode())
    turned = [*above[:-2], above[-1], above[-2]]
    whole = _whole(above, bob)
    forged = sign(mallory, _career()[-1].header, _career()[-1].body, "review/1")
    forged_line = _shown(Signed(forged.header, forged.signature, forged.body, alice, "review/1"))
    return {
        "signature_of_another": _fails("mallory signs in alice's name", _whole([*above[:-1], forged_line]), said),
        "name_of_another": _fails("the line says that bob wrote it", _whole([*above[:-1], named]), said),
        "written_otherwise": _fails("a space more: not the one serialisation", _whole([*above[:-1], words]), said),
        "order_turned": _fails("as they are dated, then by id", _whole(turned), said),
        "twice": _fails("the same line once more", _whole([*above, above[-1]]), last),
        "hash_of_another": _fails("the last review is taken out", "".join(_parts(whole, -2)), said),
        "cut_off": _fails("the last line is missing", b"".join(above).decode(), said),
        "exporters_signature": _fails("in bob's name by mallory's key", _whole(above, bob, signed_by=mallory), last),
        "exporter_unknown": _fails("carol's key is not in it", _whole(above, carol), last),
        "exported_changed": _fails(
            "a date of the first line is another", whole.replace(str(day(30)), str(day(31)), 1), last
        ),
    }


def _parts(file: str, without: int) -> list[str]:
    parts = file.splitlines(keepends=True)
    del parts[without]
    return parts


def _out_of_place() -> Cases:
    people, career = _people(), _career()
    private = [*people, *_career(private=False)]
    first_private = next(number for number, each in enumerate(private, 2) if each.kind == "delivery/1")
    strange = [*people, *career, deal(2).enters(bob, "delivery/1", at=20).public]
    stranger = [*_people(carol), *career]
    carols = next(number for number, each in enumerate(stranger, 2) if each.author == carol)
    return {
        "private_words": _fails("what a delivery says is nobody else's", _whole(_above(private)), first_private),
        "contract_unknown": _fails(
            "a delivery under a contract whose signatures are not in it", _whole(_above(strange)), len(strange) + 1
        ),
        "stranger": _fails("nothing else is about carol", _whole(_above(stranger)), carols),
        "subject_unknown": _fails(
            "the key log of the subject is not in it", _whole(_above([*people, *career], subject=carol)), 1
        ),
    }
