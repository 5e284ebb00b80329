"""Headers that tests draw: valid ones, ones with a field that is slightly off, and any map."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from freehold.protocol import limits
from tests.protocol.values import KEYS, LEAVES

HASHES = st.binary(min_size=32, max_size=32)
_TIMES = st.sampled_from([0, 1, limits.MAX_INTEGER]) | st.integers(0, limits.MAX_INTEGER)
_REQUIRED: dict[str, st.SearchStrategy[Any]] = {
    "v": st.just(1),
    "net": st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True),
    "kind": st.sampled_from(["offer/1", "org.example.portfolio/9999", "a/1", "a" * 62 + "/1"]),
    "by": HASHES,
    "key": HASHES,
    "at": _TIMES,
    "body": HASHES,
    "len": st.integers(0, limits.BODY_BYTES),
}
_OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "slot": st.binary(min_size=1, max_size=limits.SLOT_BYTES),
    "till": _TIMES,
    "part": st.integers(0, 255),
    "seen": st.lists(HASHES, min_size=1, max_size=limits.SEEN_RECORDS),
}
_CHAINS = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"in": HASHES}),
    st.fixed_dictionaries({"in": HASHES, "seq": st.just(0)}),
    st.fixed_dictionaries({"in": HASHES, "seq": st.integers(1, limits.CONTRACT_ENTRIES - 1), "prev": HASHES}),
)
USUAL = st.builds(lambda fields, chain: fields | chain, st.fixed_dictionaries(_REQUIRED, optional=_OPTIONAL), _CHAINS)
"""Valid headers whose keys are all known."""

OFF: list[Any] = [
    *(None, True, False, -1, 0, 1, 2, 255, 256, limits.BODY_BYTES + 1, limits.MAX_INTEGER + 1, 2**64 - 1, 1.0),
    *("", "x", "offer/0", "Offer/1", "offer/1\n", "a" * 63 + "/1", "a" * 33, "e\u0301"),
    *(b"", bytes(31), bytes(32), bytes(33), bytes(64), bytes(65)),
    *([], [bytes(32)], [bytes(31)], [bytes(32)] * 4, [bytes(32)] * 5, ["x" * 32], [None], {}, {"a": 1}),
]
"""Values that are wrong in most fields, or in all."""

NAMES = (*_REQUIRED, *_OPTIONAL, "in", "seq", "prev")
_CHANGES = st.lists(st.tuples(st.sampled_from([*NAMES, "vv", "zz", "i"]), st.sampled_from(OFF)), max_size=2)
_LOST = st.sets(st.sampled_from(NAMES), max_size=1)


def _off(fields: dict[str, Any], changes: list[tuple[str, Any]], lost: set[str]) -> dict[str, Any]:
    return {name: value for name, value in (fields | dict(changes)).items() if name not in lost}


CHANGED = st.builds(_off, USUAL, _CHANGES, _LOST)
"""Headers with up to two fields set to something else, and perhaps one missing."""
MAPS = st.dictionaries(st.sampled_from(NAMES) | KEYS, LEAVES | st.sampled_from(OFF), max_size=16)
