"""Records share messages, within 50 ms, 32 KiB and 64 records, on a clock that jumps."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import trio
from hypothesis import given, settings, strategies as st
from trio.testing import MockClock

from freehold.node.net.announcer import Announcer
from freehold.protocol import limits
from freehold.protocol.frame import unpack_batch

if TYPE_CHECKING:
    import pytest


class Wire:
    """What was published, and when."""

    def __init__(self) -> None:
        self.messages: list[tuple[float, str, list[bytes]]] = []

    async def publish(self, topic: str, data: bytes) -> None:
        assert len(data) <= limits.FRAME_BYTES
        self.messages.append((trio.current_time(), topic, unpack_batch(data)))


async def _announced(records: list[tuple[float, str, bytes]]) -> Wire:
    """Announce each record after a pause of so many seconds."""
    wire = Wire()
    announcer = Announcer(wire.publish)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(announcer.run)
        for pause, topic, record in records:
            await trio.sleep(pause)
            await announcer.announce(topic, record)
        await trio.sleep(1)
        nursery.cancel_scope.cancel()
    return wire


async def test_a_record_that_comes_alone_goes_at_once_and_those_that_follow_share_a_message(
    autojump_clock: MockClock,
) -> None:
    wire = await _announced([(0, "a", b"1"), (0.01, "a", b"2"), (0.01, "a", b"3"), (1, "a", b"4")])
    assert [records for _, _, records in wire.messages] == [[b"1"], [b"2", b"3"], [b"4"]]
    assert [round(time - wire.messages[0][0], 3) for time, _, _ in wire.messages] == [0, 0.05, 1.02]


async def test_a_steady_flow_makes_twenty_messages_a_second_and_nobody_waits_longer_than_50_ms(
    autojump_clock: MockClock,
) -> None:
    wire = await _announced([(0.001, "a", b"%d" % number) for number in range(1_000)])
    times = [time for time, _, _ in wire.messages]
    assert 20 <= len(times) <= 22
    assert max(later - earlier for earlier, later in pairwise(times)) < 0.051


async def test_each_topic_has_messages_of_its_own(autojump_clock: MockClock) -> None:
    wire = await _announced([(0, "b", b"0"), (0.01, "a", b"1"), (0, "b", b"2"), (0, "a", b"3")])
    assert [(topic, records) for _, topic, records in wire.messages] == [
        ("b", [b"0"]),
        ("a", [b"1", b"3"]),
        ("b", [b"2"]),
    ]


async def test_what_cannot_be_sent_is_counted_and_the_rest_goes_on(
    autojump_clock: MockClock, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire()
    announcer = Announcer(wire.publish)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(announcer.run)
        await announcer.announce("a", bytes(limits.FRAME_BYTES))
        await trio.sleep(1)
        await announcer.announce("a", b"fine")
        await trio.sleep(1)
        nursery.cancel_scope.cancel()
    assert announcer.lost == 1
    assert "not fit to be announced" in caplog.text
    assert [records for _, _, records in wire.messages] == [[b"fine"]]


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.0, 0.0, 0.02, 0.3]), st.sampled_from("ab"), st.integers(1, limits.RECORD_BYTES)
        ),
        max_size=120,
    )
)
def test_nothing_is_lost_or_doubled_whatever_the_sizes_and_times(plan: list[tuple[float, str, int]]) -> None:
    records = [
        (pause, topic, number.to_bytes(4, "big") + bytes(size - 1)) for number, (pause, topic, size) in enumerate(plan)
    ]
    wire = trio.run(_announced, records, clock=MockClock(autojump_threshold=0))
    for name in "ab":
        sent = [record for _, topic, batch in wire.messages if topic == name for record in batch]
        assert sent == [record for _, topic, record in records if topic == name]
