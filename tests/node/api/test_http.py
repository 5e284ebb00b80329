"""The HTTP server among clients that mean harm: each ends its own connection at most."""

import json
import logging
import random
import stat

import pytest
import trio
import trio.testing

from freehold.node.api import server
from freehold.node.api.http import BODY_BYTES, CONNECTIONS, DRAINED_BYTES, HEADER_BYTES, serve_connections
from freehold.node.core.desk import Denied
from tests.node.api.echo import GET, Echo

CLOSING = b"GET /x HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
async def socket_path(tmp_path, echo, nursery):
    """The socket of a running server."""
    path = tmp_path / "api.sock"
    with server.listening(path) as listener:

        async def serving(task_status):
            await serve_connections(echo, listener, admits=server.is_owner, task_status=task_status)

        await nursery.start(serving)
        yield path


async def sent(path, data, *, end=False):
    """Everything that comes back until the server closes; `end`: nothing more is sent."""
    stream = await trio.open_unix_socket(path)
    answer = b""
    try:
        with trio.fail_after(20):
            try:
                await stream.send_all(data)
                if end:
                    await stream.send_eof()
            except trio.BrokenResourceError:
                pass  # it has closed already: what it said before can still be read
            while piece := await stream.receive_some(65_536):
                answer += piece
    except trio.BrokenResourceError:
        pass  # it left what we sent unread
    finally:
        await trio.aclose_forcefully(stream)
    return answer


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


async def assert_alive(path):
    assert status(await sent(path, CLOSING)) == 200


async def test_a_question_is_answered(socket_path, echo):
    answer = await sent(socket_path, CLOSING)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert json.loads(body) == {"path": "/x", "bytes": 0}
    assert b"content-length: %d" % len(body) in head.lower()
    assert echo.done == ["/x"]


async def test_several_questions_on_one_connection_are_answered_in_order(socket_path, echo):
    posts = b"POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    chunked = b"POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    answer = await sent(socket_path, posts + chunked + CLOSING)
    assert answer.count(b"HTTP/1.1 200") == 3
    assert echo.asked == [("POST", "/1", 3), ("POST", "/2", 2), ("GET", "/x", 0)]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /x HTTP/1.0\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab",
        b"GET /%ff%00%2f?%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
async def test_unusual_but_proper_requests_are_answered(socket_path, request_bytes):
    answer = await sent(socket_path, request_bytes, end=True)
    head, _, body = answer.removeprefix(b"HTTP/1.1 100 \r\n\r\n").partition(b"\r\n\r\n")
    assert status(head) == 200
    assert (body == b"") == request_bytes.startswith(b"HEAD")
    await assert_alive(socket_path)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n", b"GET\r\n\r\n", b"GET /x HTTP/1.1\r\n\r\n", b"GET /x HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * (HEADER_BYTES // 2) + b"\r\n",
        b"GET /" + b"x" * (2 * HEADER_BYTES) + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"x" * (4 * HEADER_BYTES),
    ],
)  # fmt: skip
async def test_what_is_not_http_or_too_long_is_refused_before_anybody_reads_it(socket_path, echo, request_bytes):
    answer = await sent(socket_path, request_bytes, end=True)
    assert status(answer) in (400, 431, 501, 505, None)
    if b"zz\r\n" not in request_bytes:
        assert echo.asked == []
    await assert_alive(socket_path)


async def test_a_refusal_is_a_problem_object(socket_path):
    answer = await sent(socket_path, b"nonsense\r\n\r\n", end=True)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == "bad-request"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_up_to_the_limit_is_read_and_a_longer_one_is_told(socket_path, echo, chunked):
    for length, expected in ((BODY_BYTES, 200), (BODY_BYTES + 1, 413)):
        framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % length
        body = bytes(length)
        if chunked:
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (length, body)
        head = b"POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + framing + b"\r\n\r\n"
        assert status(await sent(socket_path, head + body)) == expected
    assert echo.asked == [("POST", "/x", BODY_BYTES)]
    await assert_alive(socket_path)


async def test_a_body_without_end_is_cut_off(socket_path, echo):
    stream = await trio.open_unix_socket(socket_path)
    await stream.send_all(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % 2**40)
    with pytest.raises(trio.BrokenResourceError):
        await stream.send_all(bytes(2 * DRAINED_BYTES))
    await trio.aclose_forcefully(stream)
    assert echo.asked == []
    await assert_alive(socket_path)


async def test_two_thousand_connections_of_rubbish_end_nothing(socket_path, echo, caplog):
    dice = random.Random(20)
    with caplog.at_level(logging.ERROR):
        for number in range(2_000):
            data = bytearray(GET if number % 2 else b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{}")
            for _ in range(dice.randrange(6)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            data = bytes(data[: dice.randrange(len(data) + 1)]) if number % 3 else dice.randbytes(dice.randrange(300))
            stream = await trio.open_unix_socket(socket_path)
            try:
                await stream.send_all(data)
                if number % 5:
                    await stream.send_eof()
                    with trio.fail_after(10):
                        await stream.receive_some(1)
            except trio.BrokenResourceError:
                pass  # refused while we were sending: as good as any answer
            await trio.aclose_forcefully(stream)
    assert caplog.records == []
    await assert_alive(socket_path)


async def test_a_client_that_never_reads_holds_up_neither_the_others_nor_the_end(tmp_path, echo, autojump_clock):
    del autojump_clock  # no deadline may pass in what follows: with this clock it would at once
    echo.answer = bytes(8 * 1024 * 1024)
    path = tmp_path / "api.sock"
    async with trio.open_nursery() as nursery:
        with server.listening(path) as listener:

            async def serving(task_status):
                await serve_connections(echo, listener, admits=server.is_owner, task_status=task_status)

            await nursery.start(serving)
            silent = await trio.open_unix_socket(path)
            await silent.send_all(GET)
            while not echo.asked:
                await trio.lowlevel.checkpoint()
            assert len(await sent(path, CLOSING)) > len(echo.answer)
            nursery.cancel_scope.cancel()
    await trio.aclose_forcefully(silent)
    assert not path.exists()


async def test_a_folder_in_the_sockets_place_is_said(tmp_path, echo):
    path = tmp_path / "api.sock"
    path.mkdir()
    with pytest.raises(Denied, match=r"the socket .*api\.sock cannot be made"):
        await server.serve(echo, path)


async def full_house(socket_path):
    """A connection for every place, each with an answer already, which shows that it has its place."""
    streams = [await trio.open_unix_socket(socket_path) for _ in range(CONNECTIONS)]
    for stream in streams:
        await stream.send_all(GET)
        await stream.receive_some(65_536)
    return streams


async def test_more_clients_than_there_are_places_for_are_turned_away(socket_path, echo):
    streams = await full_house(socket_path)
    for stream in streams:
        await stream.send_all(b"POST /x HTTP/1.1\r\nHost: node\r\nContent-Length: 2\r\n\r\n")
    await trio.testing.wait_all_tasks_blocked()
    assert await sent(socket_path, b"") == b""
    for stream in streams:
        await stream.send_all(b"ok")
        assert status(await stream.receive_some(65_536)) == 200
        await trio.aclose_forcefully(stream)
    await trio.testing.wait_all_tasks_blocked()
    await assert_alive(socket_path)


async def test_whoever_only_waits_gives_way_the_longest_idle_first(socket_path, echo):
    streams = await full_house(socket_path)
    await assert_alive(socket_path)
    assert await streams[0].receive_some(10) == b""
    await trio.aclose_forcefully(streams.pop(0))
    for stream in streams:
        await stream.send_all(GET)
        assert status(await stream.receive_some(65_536)) == 200
        await trio.aclose_forcefully(stream)
    await trio.testing.wait_all_tasks_blocked()
    await assert_alive(socket_path)


async def test_a_bug_costs_the_connection_that_reached_it(socket_path, echo, caplog):
    echo.trouble = ZeroDivisionError("a bug")
    with caplog.at_level(logging.ERROR):
        assert await sent(socket_path, GET) == b""
    assert "a bug" in caplog.text
    echo.trouble = None
    await assert_alive(socket_path)


async def test_what_was_to_happen_afterwards_happens_though_the_client_is_gone(socket_path, echo):
    echo.answer = bytes(8 * 1024 * 1024)
    stream = await trio.open_unix_socket(socket_path)
    await stream.send_all(GET)
    await stream.receive_some(1)
    assert echo.done == []
    await trio.aclose_forcefully(stream)
    with trio.fail_after(20):
        await echo.answered.wait()


async def test_the_socket_is_its_owners_alone_and_goes_with_the_server(tmp_path):
    path = tmp_path / "api.sock"
    path.write_text("what a dead node left")
    with server.listening(path):
        found = path.stat().st_mode
        assert stat.S_ISSOCK(found)
        assert stat.S_IMODE(found) == 0o600
    assert not path.exists()
