"""Requests and replies come back as they were written, in bounds, and are never taken for each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from freehold.protocol import canonical, limits, requests
from freehold.protocol.errors import Malformed, ProtocolError, Unsupported
from freehold.protocol.requests import (
    PAGE_IDS,
    Acknowledged,
    CatchUp,
    Declined,
    Deliver,
    Fetch,
    File,
    Logs,
    Page,
    Piece,
    Records,
    read_reply,
    read_request,
    write,
)
from tests.protocol.planted import Bug
from tests.protocol.values import LUCK, NUMBERS, damaged

_IDS = st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(tuple)
_SOME_IDS = _IDS.filter(bool)
_EPOCHS = st.binary(min_size=16, max_size=16)
_DATA = st.binary(max_size=200)
REQUESTS = st.one_of(
    st.builds(Fetch, _SOME_IDS),
    st.builds(Logs, _SOME_IDS),
    st.builds(CatchUp, _EPOCHS, NUMBERS),
    st.builds(Deliver, _DATA),
    st.builds(File, st.binary(min_size=32, max_size=32), st.integers(0, limits.FILE_BYTES)),
)
REPLIES = st.one_of(
    st.builds(Piece, st.integers(0, limits.FILE_BYTES), _DATA),
    st.builds(Records, st.lists(_DATA, max_size=5).map(tuple)),
    st.builds(Page, _EPOCHS, _IDS, NUMBERS, st.booleans()),
    st.builds(Acknowledged, _DATA),
    st.builds(Declined, st.sampled_from(["busy", "no"]), st.booleans()),
)


def comes_back(request: requests.Request, reply: requests.Reply) -> None:
    """Each is read as itself, and refused where the other is expected."""
    assert read_request(write(request)) == request
    assert read_reply(write(reply)) == reply
    for read, message in ((read_request, reply), (read_reply, request)):
        with pytest.raises(Malformed, match="not a re"):
            read(write(message))


@given(REQUESTS, REPLIES)
def test_what_is_asked_and_answered_comes_back(request: requests.Request, reply: requests.Reply) -> None:
    comes_back(request, reply)


def test_a_mixed_up_table_would_be_noticed() -> None:
    names = requests._NAMES | {Fetch: "logs", Acknowledged: "deliver"}
    Bug(requests, "_NAMES", names).must_be_caught(comes_back, REQUESTS, REPLIES, told_by=Malformed)


@given(st.builds(damaged, st.one_of(REQUESTS, REPLIES).map(write), LUCK) | st.binary(max_size=100))
def test_whatever_comes_is_a_message_or_its_senders_fault(data: bytes) -> None:
    for read in (read_request, read_reply):
        try:
            message = read(data)
        except ProtocolError:
            continue
        assert read(write(message)) == message


def test_fields_from_a_later_version_are_left_alone() -> None:
    data = canonical.encode({"op": "fetch", "ids": [bytes(32)], "zeal": 3})
    assert read_request(data) == Fetch((bytes(32),))


def test_what_nobody_knows_is_nobodys_fault() -> None:
    with pytest.raises(Unsupported, match="'dance' is not known"):
        read_request(canonical.encode({"op": "dance"}))


@pytest.mark.parametrize("value", [None, [], {}, {"op": 1}, {"op": None}, {"op": ["fetch"]}, {"op": "fetch"}])
def test_what_is_no_message(value: canonical.Value) -> None:
    for read in (read_request, read_reply):
        with pytest.raises(Malformed):
            read(canonical.encode(value))


@pytest.mark.parametrize(
    "message",
    [
        Fetch(()),
        Fetch((bytes(31),)),
        Fetch((bytes(32),) * (PAGE_IDS + 1)),
        Logs(()),
        Logs((bytes(32),) * 65),
        CatchUp(bytes(15), 0),
        CatchUp(bytes(16), -1),
        Deliver(bytes(limits.FRAME_BYTES + 1)),
        Records((bytes(limits.RECORD_BYTES + 1),)),
        Page(bytes(16), (bytes(32),) * (PAGE_IDS + 1), 0, more=False),
        Declined("", again=True),
        Declined("x" * 301, again=True),
    ],
)
def test_a_message_out_of_bounds_is_neither_written_nor_read(message: Any) -> None:
    with pytest.raises(Malformed):
        write(message)
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(message).items()}
    for read in (read_request, read_reply):
        with pytest.raises(Malformed):
            read(canonical._PACK_SORTED({"op": requests._NAMES[type(message)], **fields}))


def test_a_full_page_fits_a_reply_and_a_full_question_a_request() -> None:
    assert read_reply(write(Page(bytes(16), (bytes(32),) * PAGE_IDS, limits.MAX_INTEGER, more=True)))
    assert read_request(write(Fetch((bytes(32),) * PAGE_IDS)))
    assert read_reply(write(Records((bytes(limits.RECORD_BYTES),) * 15)))
    with pytest.raises(Malformed, match="more than"):
        read_reply(write(Records((bytes(limits.RECORD_BYTES),) * 16)))
