"""The door for browsers among clients that mean harm, with the whole application behind it: it lives, and it stops."""

import logging
import random

import pytest
import trio

from freehold.node.api.application import PREFIX
from freehold.node.api.http import CONNECTIONS
from freehold.node.files.shelf import Shelf
from tests.node.api.browser import browser_at

STOP_S = 2.0


def requests_of(browser):
    """Good ones, to be damaged: with a session, a token's place, a form, a stream of events."""
    head = f"Host: {browser.host}\r\nCookie: {browser.cookie}\r\n"
    write = f"{head}Origin: {browser.origin}\r\nX-Page-Token: {browser.page_token}\r\n"
    body = '{"peer": "x", "hours": 1}'
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    form = (
        part.format("page_token", browser.page_token) + part.format('upload"; filename="a.txt', "hello") + "--b--\r\n"
    )
    return [
        f"GET {PREFIX}/status HTTP/1.1\r\n{head}\r\n".encode(),
        f"GET {PREFIX}/offers?limit=5 HTTP/1.1\r\n{head}Authorization: Bearer fht_a_b\r\n\r\n".encode(),
        f"POST {PREFIX}/node/ban HTTP/1.1\r\n{write}Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode(),
        f"POST /offers/new HTTP/1.1\r\n{write}Content-Type: application/x-www-form-urlencoded\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5\r\na=b&c\r\n0\r\n\r\n".encode(),
        f"POST {PREFIX}/files?name=a HTTP/1.1\r\n{write}Content-Type: application/octet-stream\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".encode(),
        f"POST /contracts/fhc1abcdefgh/evidence HTTP/1.1\r\n{write}Content-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: {len(form)}\r\n\r\n{form}".encode(),
        f"GET {PREFIX}/events?since=0 HTTP/1.1\r\n{head}\r\n".encode(),
        f"GET /login?code=x HTTP/1.1\r\n{head}\r\n".encode(),
        f"GET / HTTP/1.1\r\n{head}Accept-Language: de\r\n\r\n".encode(),
    ]


def damaged(data, dice):
    """Cut, repeated, with other bytes in it; or nothing but dice."""
    if dice.random() < 0.1:
        return dice.randbytes(dice.randrange(400))
    found = bytearray(data)
    for _ in range(dice.randrange(5)):
        at = dice.randrange(len(found))
        found[at : at + dice.randrange(4)] = dice.choice((b"\r\n", b"\0", b"\xff", b": ", dice.randbytes(3), b"A" * 99))
    if dice.random() < 0.3:
        found *= 2
    return bytes(found[: dice.randrange(len(found) + 1)] if dice.random() < 0.5 else found)


async def fire(browser, seed, rounds):
    """So many damaged connections, several at once, each left as soon as something came back, or before."""
    dice = random.Random(seed)
    good = requests_of(browser)

    async def one(data, waits):
        stream = await trio.open_tcp_stream("127.0.0.1", browser.port)
        try:
            await stream.send_all(data)
            if waits:
                await stream.send_eof()
                with trio.move_on_after(5):
                    await stream.receive_some(1)
        except (trio.BrokenResourceError, OSError):
            pass  # refused while we were sending: as good as any answer
        finally:
            await trio.aclose_forcefully(stream)

    for _ in range(rounds // 10):
        async with trio.open_nursery() as nursery:
            for _ in range(10):
                nursery.start_soon(
                    lambda data, waits: one(data, waits=waits), damaged(dice.choice(good), dice), dice.random() < 0.7
                )


async def survives(counters, caplog, folder, seed, rounds):
    shelf = counters[0].office.desk.files = Shelf(folder / "files", 1_000, counters[0].office.now)
    with caplog.at_level(logging.ERROR):
        async with browser_at(counters[0]) as browser:
            await browser.sign_in()
            await fire(browser, seed, rounds)
            reply = await browser.get(f"{PREFIX}/version")
            while reply.status == 401:  # a damaged request may have signed us out
                await browser.sign_in()
                reply = await browser.get(f"{PREFIX}/version")
            assert reply.status == 200
    assert [record.getMessage() for record in caplog.records if "server" in record.getMessage()] == []
    assert [path.name for path in shelf.root.iterdir() if path.name.startswith(".")] == []


async def test_damaged_connections_end_nothing(counters, caplog, tmp_path):
    await survives(counters, caplog, tmp_path, 1, 300)


@pytest.mark.slow
async def test_ten_thousand_damaged_connections_end_nothing(counters, caplog, tmp_path):
    await survives(counters, caplog, tmp_path, 2, 10_000)


@pytest.mark.parametrize("path", ["/events?since=0", pytest.param("/openapi.json", marks=pytest.mark.slow), "/status"])
async def test_clients_that_never_read_do_not_hold_up_the_end(counters, path):
    silent = []
    async with browser_at(counters[0]) as browser:
        await browser.sign_in()
        head = f"GET {PREFIX}{path} HTTP/1.1\r\nHost: {browser.host}\r\nCookie: {browser.cookie}\r\n\r\n".encode()
        for _ in range(CONNECTIONS - 8):
            stream = await trio.open_tcp_stream("127.0.0.1", browser.port)
            silent.append(stream)
            await stream.send_all(head * (1 if "events" in path else 30))
        for _ in range(3_000):
            counters[0].surface.events.announce("offer.published", {"text": "x" * 2_000})
        for _ in range(50):
            await trio.lowlevel.checkpoint()
        assert (await browser.get(f"{PREFIX}/version")).status == 200
        ending = trio.current_time()
    assert trio.current_time() - ending < STOP_S
    for stream in silent:
        await trio.aclose_forcefully(stream)
