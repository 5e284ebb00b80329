"""From an empty folder to a page that can be read, and what the page costs with a full market, beside bare HTTP.

    python -m tests.bench.first_page [--offers 100000]

A real node, started by the command as people type it, asked over its door for browsers by one connection that stays
open. The baselines stand in the same run: a bare h11 server in a process of its own that answers a page of the same
length, and a Python that does nothing. Times of a busy machine are noisy: the ratios tell more. What events cost with
20 open streams is in `tests.bench.surface`.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import h11
import trio

from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import keylog
from freehold.protocol.envelope import seal
from freehold.protocol.identity import Root
from freehold.protocol.kinds.offer import OFFER
from tests.bench.search import AUTHORS, BATCH, SEED, Texts, offers
from tests.bench.start import so_far
from tests.e2e.browser.newcomers import command
from tests.e2e.household import LOOPBACK, PAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from freehold.protocol.envelope import Record

NETWORK = "test-bench"
DAY_MS = 24 * 60 * 60 * 1000
HOST = "127.0.0.1"
_READ_BYTES = 65_536


@dataclass
class Visitor:
    """A browser's connection: kept open, with the cookie of a session."""

    address: str
    cookie: str = ""
    seconds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def __post_init__(self) -> None:
        host, _, port = self.address.removeprefix("http://").partition(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=60)

    def enters(self, url: str) -> None:
        """By the link that the command printed."""
        self._connection.request("GET", url.removeprefix(self.address))
        answer = self._connection.getresponse()
        answer.read()
        self.cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        assert self.cookie, answer.status

    def reads(self, path: str) -> str:
        """A page."""
        self._connection.request("GET", path, headers={"Cookie": self.cookie, "Accept": "text/html"})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 200, (path, answer.status, text[:300])
        return text

    def times(self, paths: Sequence[str]) -> list[float]:
        """Milliseconds of each; the first few warm what is cached."""
        for path in paths[:3]:
            self.reads(path)
        found: list[float] = []
        for path in paths:
            begun = time.perf_counter()
            self.reads(path)
            found.append((time.perf_counter() - begun) * 1e3)
        return sorted(found)


def fill(path: Path, count: int) -> list[str]:
    """A store with so many open offers of today's; words that occur in them."""
    store, texts, now = SqliteStore.open(path), Texts(SEED), int(time.time() * 1000)
    roots = [Root((number + 1).to_bytes(32, "big")) for number in range(AUTHORS)]
    logs = [keylog.incept(root, now - 60 * DAY_MS, NETWORK) for root in roots]
    for _, inception in logs:
        store.records.add(inception, now, shared=True)
    numbered = enumerate(offers(texts, count), start=1)
    while batch := list(islice(numbered, BATCH)):
        records: list[Record] = []
        for number, (author, body) in batch:
            at = now - (count - number) % (25 * DAY_MS)
            draft = OFFER.draft(body, at, slot=number.to_bytes(16, "big"), till=now + 30 * DAY_MS)
            records.append(seal(draft, NETWORK, logs[author][0]))
        store.records.foresee(records)
        for record in records:
            store.records.add(record, now, shared=True)
        store.commit()
    store.checkpoint()
    store.close()
    return texts.words[10:300]


async def _static(stream: trio.SocketStream, body: bytes) -> None:
    connection = h11.Connection(h11.SERVER)
    headers = [("content-type", "text/html; charset=utf-8"), ("content-length", str(len(body)))]
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = await stream.receive_some(_READ_BYTES)
            if not data:
                return
            connection.receive_data(data)
        elif isinstance(event, h11.EndOfMessage):
            answer = h11.Response(status_code=200, headers=headers)
            parts = (answer, h11.Data(data=body), h11.EndOfMessage())
            await stream.send_all(b"".join(connection.send(part) or b"" for part in parts))
            connection.start_next_cycle()


async def _serve_static(size: int) -> None:
    (listener,) = await trio.open_tcp_listeners(0, host=HOST)
    print(listener.socket.getsockname()[1], flush=True)
    await trio.serve_listeners(partial(_static, body=b"x" * size), [listener])


@contextmanager
def static_server(size: int) -> Generator[Visitor]:
    """A page of so many bytes, and nothing behind it."""
    arguments = [sys.executable, "-m", "tests.bench.first_page", "--static", str(size)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        yield Visitor(f"http://{HOST}:{int(process.stdout.readline())}")
        process.terminate()


def rounds(once: Callable[[], object], count: int) -> float:
    """The median of so many, in milliseconds."""
    found: list[float] = []
    for _ in range(count):
        begun = time.perf_counter()
        once()
        found.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(found)


def run(*words: str) -> None:
    """A program that must end well and says nothing to us."""
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "BROWSER": "true"})


def up(folder: Path) -> Visitor:
    """`freehold up --open`, and through the door."""
    command(folder, "up", "--open", "--network", NETWORK, "--listen", LOOPBACK, "--page-listen", PAGE)
    url = str(command(folder, "open", "--print")["url"])
    found = Visitor(url.partition("/login")[0])
    found.enters(url)
    return found


def first_page(folder: Path) -> str:
    """From nothing to the board."""
    begun = time.perf_counter()
    visitor = up(folder)
    ready = time.perf_counter()
    assert "Offers" in visitor.reads("/offers")
    read = time.perf_counter()
    command(folder, "down")
    return (
        f"from an empty folder to the board: {read - begun:.2f} s "
        f"(up and a link {ready - begun:.2f} s, the page {(read - ready) * 1e3:.0f} ms)"
    )


def line(name: str, times: list[float], base: float) -> str:
    """p50, p99, and how many times the bare page's p50."""
    p50, p99 = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]
    return f"{name:34} p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   {p50 / (base or p50):6.1f} x the bare page"


def pages(folder: Path, count: int, asks: int) -> str:
    """A full market's pages."""
    begun = time.perf_counter()
    words = fill(folder / "node.db", count)
    filled = time.perf_counter()
    visitor = up(folder)
    started = time.perf_counter()
    board = visitor.reads("/offers")
    refs = sorted({part.partition('"')[0] for part in board.split('href="/offers/')[1:] if part.startswith("fho1")})
    size = len(board.encode())
    with static_server(size) as bare:
        least = bare.times(["/"] * asks)
    base = statistics.median(least)
    lines = [f"{count:,} offers stored ({filled - begun:.0f} s), up again in {started - filled:.2f} s"]
    lines.append(line(f"bare h11, {size // 1024} KiB", least, 0))
    for name, paths in (
        ("the board", ["/offers"] * asks),
        ("the board, newest first", ["/offers?order=time"] * asks),
        ("a search", [f"/offers?q={word}" for word in words[:asks]]),
        ("an offer", [f"/offers/{refs[number % len(refs)]}" for number in range(asks)]),
        ("people", ["/people"] * asks),
    ):
        lines.append(line(name, visitor.times(paths), base))
    node = so_far(int(command(folder, "status")["pid"]), begun)
    lines.append(f"memory of the node then: {node.mib:.0f} MiB")
    freehold = (sys.executable, "-P", "-m", "freehold.cli.main")
    nothing = rounds(lambda: run(sys.executable, "-c", "pass"), 10)
    for name, arguments in (("--help", ("--help",)), ("status", ("status", "--folder", str(folder)))):
        took = rounds(partial(run, *freehold, *arguments), 10)
        lines.append(f"freehold {name:10} {took:6.0f} ms   {took / nothing:4.1f} x python -c pass ({nothing:.0f} ms)")
    command(folder, "down")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offers", type=int, default=100_000)
    parser.add_argument("--asks", type=int, default=200, help="of each page")
    parser.add_argument("--static", type=int, default=0, help="be the bare server of a page of so many bytes")
    chosen = parser.parse_args(arguments)
    if chosen.static:
        trio.run(_serve_static, chosen.static)
        return
    with TemporaryDirectory(prefix="fh-") as folder:
        try:
            print(first_page(Path(folder) / "n"), flush=True)
            print(pages(Path(folder) / "n", chosen.offers, chosen.asks), flush=True)
        finally:
            subprocess.run(
                [sys.executable, "-P", "-m", "freehold.cli.main", "down", "--folder", str(Path(folder) / "n")],
                check=False, capture_output=True,
            )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
