"""Gossip's framing, however the bytes are cut, and what a peer may put into an RPC."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st
from libp2p.pubsub.pb import rpc_pb2
from libp2p.utils import encode_varint_prefixed

from freehold.node.net import framing
from tests.node.net.neighbours import OFFERS, TOPICS

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 5_000
_TOPICS = frozenset(TOPICS)


def _reads_back(next_rpc: Callable[[bytearray, int], bytes | None], rpcs: list[bytes], cuts: list[int]) -> bool:
    """Whether RPCs written one after the other come out as they went in, when the bytes arrive in pieces."""
    data = b"".join(encode_varint_prefixed(rpc) for rpc in rpcs)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    buffer, found = bytearray(), list[bytes]()
    for start, stop in pairwise(places):
        buffer += data[start:stop]
        while (rpc := next_rpc(buffer, _MOST)) is not None:
            found.append(rpc)
    return found == rpcs and not buffer


@given(st.lists(st.binary(max_size=400), max_size=8), st.lists(st.integers(0, 10_000), max_size=12))
def test_rpcs_come_out_as_they_went_in_however_they_are_cut(rpcs: list[bytes], cuts: list[int]) -> None:
    assert _reads_back(framing.next_rpc, rpcs, cuts)


def test_a_reader_that_takes_half_a_length_for_a_whole_one_is_caught_by_the_same_check() -> None:
    def hasty(buffer: bytearray, most: int) -> bytes | None:
        if not buffer:
            return None
        length = buffer[0] & 0x7F
        rpc = bytes(buffer[1 : 1 + length])
        del buffer[: 1 + length]
        return rpc

    assert not _reads_back(hasty, [b"x" * 300], [1])


@given(st.binary(max_size=300))
def test_any_bytes_give_an_rpc_nothing_or_too_long(data: bytes) -> None:
    buffer = bytearray(data)
    try:
        rpc = framing.next_rpc(buffer, _MOST)
    except framing.TooLong:
        return
    assert len(buffer) + (0 if rpc is None else len(encode_varint_prefixed(rpc))) <= len(data)


@pytest.mark.parametrize("data", [b"\xff" * 5, b"\xff\xff\xff\xff\xff\xff", b"\x89\x27", b"\xff\xff\xff\x7f"])
def test_a_length_beyond_the_limit_is_refused_before_its_bytes_have_come(data: bytes) -> None:
    with pytest.raises(framing.TooLong):
        framing.next_rpc(bytearray(data), _MOST)


def test_the_message_id_is_the_specified_hash() -> None:
    expected = hashlib.sha256(b"\x00\x00\x00\x05/t/\xc3\xa9" + b"data").digest()
    assert framing.message_id("/t/é", b"data") == expected
    assert framing.message_id("/t", b"/x") != framing.message_id("/t/", b"x")


@pytest.mark.parametrize(
    "field",
    [{"from_id": b"x"}, {"seqno": b"x"}, {"signature": b"x"}, {"key": b"x"}, {"topicIDs": TOPICS}, {"topicIDs": []}],
)
def test_a_message_that_is_signed_or_not_on_one_topic_is_at_fault(field: dict[str, Any]) -> None:
    good: dict[str, Any] = {"data": b"x", "topicIDs": [OFFERS]}
    assert framing.message_fault(rpc_pb2.Message(**good), _TOPICS) == ""
    assert framing.message_fault(rpc_pb2.Message(**good | field), _TOPICS)


def test_a_message_on_a_topic_of_another_network_is_at_fault() -> None:
    assert framing.message_fault(rpc_pb2.Message(data=b"x", topicIDs=["/other/offers/1"]), _TOPICS)


def test_control_in_measure_is_in_order_and_beyond_it_is_not() -> None:
    def control(**parts: Any) -> rpc_pb2.ControlMessage:
        return rpc_pb2.ControlMessage(**parts)

    graft, have = rpc_pb2.ControlGraft(topicID=OFFERS), rpc_pb2.ControlIHave(topicID=OFFERS, messageIDs=[b"x"] * 512)
    assert framing.control_fault(control(graft=[graft] * 63, ihave=[have]), _TOPICS) == ""
    assert framing.control_fault(control(graft=[graft] * 64, ihave=[have]), _TOPICS)
    want = rpc_pb2.ControlIWant(messageIDs=[b"y"])
    assert framing.control_fault(control(ihave=[have], iwant=[want]), _TOPICS)
    assert framing.control_fault(control(iwant=[want] * 65), _TOPICS)
    assert framing.control_fault(control(graft=[rpc_pb2.ControlGraft(topicID="invented")]), _TOPICS)
    assert framing.control_fault(control(prune=[rpc_pb2.ControlPrune(topicID="invented")]), _TOPICS)
