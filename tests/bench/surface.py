"""What the local API costs: a cheap call on both doors beside a bare h11 echo, events to 20 open streams, memory.

`python -m tests.bench.surface [--calls N] [--events N]`
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import h11
import trio

from freehold.node.api.application import PREFIX, application
from freehold.node.api.browser_door import Place, serve_browsers
from freehold.node.api.server import serve
from tests.cast import alice
from tests.node.api.counter import Counter, StallOffice
from tests.node.core.market import Market

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

STREAMS = 20
HOST = "127.0.0.1"


async def echo(stream: trio.SocketStream) -> None:
    """The least that HTTP costs with h11: read, answer 60 bytes, again."""
    connection = h11.Connection(h11.SERVER)
    body = b'{"version": "0.1.0", "api": 1, "network": "test-of-an-echo"}'
    answer = h11.Response(
        status_code=200, headers=[("content-type", "application/json"), ("content-length", str(len(body)))]
    )
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = await stream.receive_some(65_536)
            if not data:
                return
            connection.receive_data(data)
        elif isinstance(event, h11.EndOfMessage):
            said = (answer, h11.Data(data=body), h11.EndOfMessage())
            await stream.send_all(b"".join(connection.send(part) or b"" for part in said))
            connection.start_next_cycle()


async def calls(connect: Callable[[], Awaitable[trio.SocketStream]], request: bytes, count: int) -> list[float]:
    """Milliseconds of each of so many calls, one after the other on one connection."""
    stream, times = await connect(), list[float]()
    for _ in range(count):
        begun = time.perf_counter()
        await stream.send_all(request)
        head = await stream.receive_some(65_536)
        assert head.startswith(b"HTTP/1.1 200"), head[:200]
        times.append((time.perf_counter() - begun) * 1000)
    await trio.aclose_forcefully(stream)
    return times


def show(name: str, times: list[float], least: float) -> float:
    times = sorted(times)
    p50, p99 = statistics.median(times), times[int(len(times) * 0.99)]
    print(f"{name:28} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   {p50 / (least or p50):4.1f} x echo")
    return p50


async def events(counter: Counter, port: int, head: str, count: int) -> None:
    """One burst to 20 streams, each of which reads all of it."""
    held, ends = counter.surface.events, list[float]()
    last = held.last + count

    async def read(stream: trio.SocketStream) -> None:
        tail, mark = b"", b"id: %d\n" % last
        while mark not in tail:
            tail = tail[-64:] + await stream.receive_some(65_536)
        ends.append(time.perf_counter())
        await trio.aclose_forcefully(stream)

    streams = [await trio.open_tcp_stream(HOST, port) for _ in range(STREAMS)]
    for stream in streams:
        await stream.send_all(f"GET {PREFIX}/events HTTP/1.1\r\n{head}\r\n".encode())
        await stream.receive_some(65_536)
    begun, announcing = time.perf_counter(), 0.0
    async with trio.open_nursery() as nursery:
        for stream in streams:
            nursery.start_soon(read, stream)
        for number in range(count):
            before = time.perf_counter()
            held.announce("offer.published", {"offer": "fho1" + "q" * 58, "mine": False, "n": number})
            announcing += time.perf_counter() - before
            if number % 100 == 0:
                await trio.lowlevel.checkpoint()
    took = max(ends) - begun
    print(
        f"{count} events to {STREAMS} streams: {count / took:,.0f} events/s, "
        f"{count * STREAMS / took:,.0f} deliveries/s; announcing one {announcing / count * 1e6:.1f} us"
    )


async def measure(count: int, burst: int) -> None:
    market = Market()
    counter = Counter(StallOffice(market, market.open(alice)))
    app: Any = application(counter.office, counter.surface)
    with TemporaryDirectory(prefix="fh-") as folder:
        path = Path(folder) / "api.sock"
        async with trio.open_nursery() as nursery:
            (listener,) = await trio.open_tcp_listeners(0, host=HOST)
            nursery.start_soon(trio.serve_listeners, echo, [listener])
            await nursery.start(serve, app, path)
            await nursery.start(serve_browsers, app, counter.surface, Place(HOST, 0))
            port = int(str(counter.surface.page.address).rpartition(":")[2])
            token = (await counter.post("/tokens", {"scopes": ["read"]}))["token"]
            head = f"Host: {HOST}:{port}\r\nAuthorization: Bearer {token}\r\n"
            request = f"GET {PREFIX}/version HTTP/1.1\r\n{head}\r\n".encode()
            at_echo = partial(trio.open_tcp_stream, HOST, listener.socket.getsockname()[1])
            least = show("bare h11 echo, TCP", await calls(at_echo, request, count), 0)
            show("socket of the command", await calls(partial(trio.open_unix_socket, path), request, count), least)
            show(
                "door for browsers (token)",
                await calls(partial(trio.open_tcp_stream, HOST, port), request, count),
                least,
            )
            await events(counter, port, head, burst)
            nursery.cancel_scope.cancel()
    market.close()
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--events", type=int, default=4_000, help="no more than are kept, or slow streams see a gap")
    given = parser.parse_args()
    trio.run(measure, given.calls, given.events)


if __name__ == "__main__":
    main()
