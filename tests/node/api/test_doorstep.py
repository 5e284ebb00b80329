"""Who is admitted to the HTTP server's socket, and how long one is waited for."""

import os
import socket
from contextlib import suppress
from typing import Any

import pytest
import trio
import trio.testing

from freehold.node.api import http, server
from freehold.node.api.http import serve_connections
from tests.node.api.echo import GET, Echo


@pytest.fixture
def echo():
    return Echo()


class From:
    """A stream whose other end belongs to somebody."""

    def __init__(self, user):
        self._user = user

    def getsockopt(self, level, option, length):
        return server._CREDENTIALS.pack(1, self._user, 1)[:length]


def test_other_users_of_the_machine_are_not_admitted(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1_000)
    streams: list[Any] = [From(user) for user in (1_000, 0, 1_001, 65_534)]
    assert [server.is_owner(stream) for stream in streams] == [True, True, False, False]
    monkeypatch.delattr(socket, "SO_PEERCRED")
    assert server.is_owner(streams[-1])  # such a system has only the mode


class Doorstep(trio.abc.Listener[trio.StapledStream[Any, Any]]):
    """Hands a server the streams of a test, which no operating system buffers."""

    def __init__(self, streams):
        self._sender, self._receiver = trio.open_memory_channel(len(streams))
        for stream in streams:
            self._sender.send_nowait(stream)

    async def accept(self):
        return await self._receiver.receive()

    async def aclose(self):
        self._sender.close()
        await trio.lowlevel.checkpoint()


async def served(nursery, echo, stream, *, admits=True):
    async def serving(task_status):
        await serve_connections(echo, Doorstep([stream]), admits=lambda _: admits, task_status=task_status)

    await nursery.start(serving)


async def test_nobody_who_is_not_admitted_is_read(nursery, echo):
    ours, theirs = trio.testing.memory_stream_pair()
    await served(nursery, echo, theirs, admits=False)
    assert await ours.receive_some(1) == b""
    assert echo.asked == []


@pytest.mark.parametrize(
    ("drip", "most_s"),
    [
        (b"", http.IDLE_S),
        (b"GET /x HTTP/1.1\r\nHost: x\r\nA: bbbbbbbbbbbbbbbbbbbbb", http.IDLE_S),
        (b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nxxxxxxxxxx", http.IDLE_S + http.REQUEST_S),
    ],
)
async def test_a_client_that_dawdles_is_left_after_half_a_minute(nursery, echo, autojump_clock, drip, most_s):
    ours, theirs = trio.testing.memory_stream_pair()
    await served(nursery, echo, theirs)
    begun = trio.current_time()
    closed = trio.Event()

    async def listening():
        assert await ours.receive_some(100) == b""
        closed.set()

    nursery.start_soon(listening)
    with suppress(trio.BrokenResourceError):  # left in the middle of it
        for letter in drip:
            await ours.send_all(bytes([letter]))
            await trio.sleep(1)
    await closed.wait()
    assert trio.current_time() - begun <= most_s + 1
    assert echo.asked == []


async def test_a_client_that_does_not_take_its_answer_is_left_after_half_a_minute(nursery, echo, autojump_clock):
    ours, theirs = trio.testing.lockstep_stream_pair()
    await served(nursery, echo, theirs)
    begun = trio.current_time()
    await ours.send_all(GET)
    await echo.answered.wait()
    assert http.SEND_S <= trio.current_time() - begun <= http.SEND_S + 2
    with pytest.raises((trio.BrokenResourceError, trio.ClosedResourceError)):
        await ours.send_all(b"x")
