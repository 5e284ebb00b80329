"""record/: packed records, and why they are not what their author signed (specs/02-record.md)."""

from __future__ import annotations

from typing import Any

from .. import edwards
from ..case import MALFORMED, OK, UNSUPPORTED, UNVERIFIABLE, Case, Cases, tagged
from ..plain import NETWORK, START_MS, Encoded, Pairs, alice, bob, fields, named, pack, record, sha256, sign

_KNOWN = {"v", "net", "kind", "by", "key", "at", "body", "len", "in", "slot", "till", "part", "seq", "prev", "seen"}
_KIND = "org.example.note/1"
_BODY = {"text": "hello"}
_PLAIN = record(alice, _KIND, _BODY)
_ANY_ID = sha256(b"any record")


def cases() -> Cases:
    """All of them."""
    return {**_good(), **_outside(), **_tampered(), **_header_refused(), **_versions()}


def _good() -> Cases:
    chain: dict[str, Any] = {"in_": _ANY_ID, "part": 255, "seq": 255, "prev": _ANY_ID, "seen": [_ANY_ID] * 4}
    return {
        "plain": _taken("a record with the required fields"),
        "body_absent": _taken("a private body: the header alone is verified", private=True),
        "body_16384_bytes": _taken("the longest body", Encoded(bytes(16_384))),
        "body_not_an_encoding": _taken("a record does not care what its body is: its kind does", Encoded(b"\xff\xfe")),
        "all_fields": _taken("every field but slot and till, as high as it may be", **chain),
        "chain_opens": _taken("seq 0 has no prev", in_=_ANY_ID, seq=0),
        "header_512_bytes": _taken("the longest header", zz=bytes(_room(512))),
        "names_64_bytes": _taken("the longest names of a kind and a slot", kind="k" * 62 + "/1", slot=bytes(64)),
        "header_unknown_fields": _taken(
            "fields from later versions are signed, kept and relayed byte for byte",
            mood="glad",
            zz=[{"deep": [1]}],
            in_=_ANY_ID,
            seq=0,
        ),
        "other_network": _taken("the network is no rule of records: nodes check it", net="another"),
    }


def _room(size: int) -> int:
    """How long an unknown field `zz` of bytes makes a header of `size` bytes."""
    return size - len(record(alice, _KIND, _BODY, zz=bytes(300)).header) + 300


def _taken(about: str, body: Any = _BODY, *, private: bool = False, **more: Any) -> Case:
    data = pack(body)
    header = fields(alice, _KIND, data, **more)
    made = sign(alice, pack(header), None if private else data)
    known = {name: value for name, value in header.items() if name in _KNOWN}
    return Case(
        about, "unpack", {"bytes": made.packed}, OK, {"id": made.id, "header": tagged(known), "body": made.body}
    )


def _refused(about: str, data: bytes, expect: str = MALFORMED) -> Case:
    return Case(about, "unpack", {"bytes": data}, expect)


def _outside() -> Cases:
    header, signature, body = _PLAIN.header, _PLAIN.signature, _PLAIN.body
    return {
        "truncated": _refused("the last byte is missing", _PLAIN.packed[:-1]),
        "five_parts": _refused("one part too many", pack([1, header, signature, body, None])),
        "signature_63_bytes": _refused("short", pack([1, header, signature[:63], body]), UNVERIFIABLE),
        "suite_true": _refused("true is not 1", pack([True, header, signature, body])),
        "suite_2": _refused("a suite from the future blames nobody", pack([2, header, signature, body]), UNSUPPORTED),
    }


def _tampered() -> Cases:
    later = pack(fields(alice, _KIND, _PLAIN.body or b"", at=START_MS + 1))
    neutral = edwards.encoded(edwards.IDENTITY)
    anybody = pack(fields(alice, _KIND, _PLAIN.body or b"", key=neutral))
    wrong_length = pack(fields(alice, _KIND, _PLAIN.body or b"", len=6))
    flipped = bytes([_PLAIN.signature[0] ^ 1]) + _PLAIN.signature[1:]
    changed = pack({"text": "hellO"})
    return {
        "header_changed": _unverified("at is one later than signed", later, _PLAIN.signature),
        "signature_bit_flipped": _unverified("one bit of the signature", _PLAIN.header, flipped),
        "signature_by_another": _unverified("bob signed, the key is alice's", *_signed_by_bob()),
        "signature_without_domain": _unverified("the id alone was signed", _PLAIN.header, alice.sign(_PLAIN.id)),
        "signature_of_anybody": _unverified(
            "the key is the neutral point: OpenSSL takes this signature for every record",
            anybody,
            edwards.signature(neutral, 0),
        ),
        "body_changed": _unverified("a letter of the body", _PLAIN.header, _PLAIN.signature, changed),
        "body_length_signed_wrong": _unverified(
            "len is not the length", wrong_length, sign(alice, wrong_length, b"").signature
        ),
    }


def _signed_by_bob() -> tuple[bytes, bytes]:
    return _PLAIN.header, bob.sign(b"freehold/sig/1\0" + named("freehold/id/1", _PLAIN.header))


def _unverified(about: str, header: bytes, signature: bytes, body: bytes | None = _PLAIN.body) -> Case:
    return _refused(about, pack([1, header, signature, body]), UNVERIFIABLE)


def _header_refused() -> Cases:
    """Signed well, but no header. A flaw a line: `...` takes a field away."""
    flaws: dict[str, tuple[str, dict[str, Any]]] = {
        **{f"{name}_missing": (f"the header lacks {name}", {name: ...}) for name in ("at", "len")},
        "net_upper_case": ("a network's name has small letters, digits and hyphens", {"net": "Freehold"}),
        "kind_without_version": ("noun/version", {"kind": "offer"}),
        "kind_line_end": ("nothing after the version", {"kind": "offer/1\n"}),
        "kind_65_bytes": ("a kind's name has at most 64 bytes", {"kind": "k" * 63 + "/1"}),
        "key_33_bytes": ("a key has 32 bytes", {"key": alice.public() + b"\0"}),
        "at_true": ("true is not 1", {"at": True}),
        "len_longer_form": ("the header too is canonical", {"len": Encoded(b"\xcd\x00\x0c")}),
        "slot_empty": ("a slot has a name", {"slot": b""}),
        "slot_65_bytes": ("a slot's name has at most 64 bytes", {"slot": bytes(65)}),
        "till_nil": ("a field that is absent is absent, not nil", {"till": None}),
        "part_256": ("a part is at most 255", {"in_": _ANY_ID, "part": 256}),
        "seq_256": ("a chain has at most 256 records", {"in_": _ANY_ID, "seq": 256, "prev": _ANY_ID}),
        "seq_0_with_prev": ("nothing comes before the first", {"in_": _ANY_ID, "seq": 0, "prev": _ANY_ID}),
        "seq_1_without_prev": ("what came before is named", {"in_": _ANY_ID, "seq": 1}),
        "seq_without_in": ("a chain has a context", {"seq": 0}),
        "seen_empty": ("who has seen nothing says nothing", {"seen": []}),
        "seen_5": ("at most four", {"seen": [_ANY_ID] * 5}),
        "header_513_bytes": ("a header has at most 512 bytes", {"zz": bytes(_room(513))}),
    }
    found = {name: _refused(about, record(alice, _KIND, _BODY, **more).packed) for name, (about, more) in flaws.items()}
    usual = fields(alice, _KIND, pack(_BODY))
    downwards = pack(Pairs(sorted(usual.items(), reverse=True)))
    too_long = record(alice, _KIND, _BODY, len=16_385).public
    found["len_16385"] = _refused("a body has at most 16,384 bytes, even one that is not here", too_long.packed)
    found["header_is_an_array"] = _refused("a header is a map", sign(alice, pack(list(usual.values())), None).packed)
    found["header_keys_descending"] = _refused("keys ascend", sign(alice, downwards, pack(_BODY)).packed)
    return found


def _versions() -> Cases:
    def of(value: Any) -> bytes:
        return record(alice, _KIND, _BODY, v=value).packed

    bare = pack({"net": NETWORK, "v": 2})
    return {
        "version_missing": _refused("a header has a version", of(...)),
        "version_true": _refused("true is not 1", of(bool(1))),
        "version_2": _refused("a version from the future blames nobody", of(2), UNSUPPORTED),
        "version_2_other_fields": _refused(
            "of a future version nothing else is known", sign(alice, bare, None).packed, UNSUPPORTED
        ),
    }
