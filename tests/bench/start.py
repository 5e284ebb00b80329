"""How long a node takes to start and what memory it takes, next to py-libp2p itself in the same run.

    python -m tests.bench.start

From the start of a process to the moment at which it listens: the time, the processor's time (which a busy machine
disturbs less), and its resident memory then (for the import, the most it had). `import libp2p` is what no node on this
library can beat; the stock host listens and gossips on one topic, and keeps nothing. Ways alternate, and medians are
printed. A node with an identity is started on a folder that has one: it then derives the key that opens it, which is
slow on purpose (Argon2id). Every process is in a session of its own, as a node's is: Linux shares out a busy processor
by sessions.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import trio

from tests.e2e.household import Household, household

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_ROOT = Path(__file__).parents[2]
_MIB = 1024 * 1024
_STOCK = "the stock host, listening"


class Start(NamedTuple):
    """One start: wall and processor seconds, and MiB."""

    wall_s: float
    cpu_s: float
    mib: float


@dataclass
class Way:
    """One way to start, and how it went each time."""

    name: str
    once: Callable[[], Start]
    starts: list[Start] = field(default_factory=list)

    def measure(self) -> None:
        self.starts.append(self.once())

    @property
    def median(self) -> Start:
        return Start(*(statistics.median(column) for column in zip(*self.starts, strict=True)))


def import_alone() -> Start:
    """Import libp2p and end."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", "import libp2p"], cwd=_ROOT, start_new_session=True)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Start(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / _MIB)


def stock_host() -> Start:
    """Start `tests/hostile/stock.py` in a process, until it says that it listens."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "tests.bench.start", "--stock"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline()
        started = so_far(process.pid, began)
        process.stdin.close()
    return started


def our_node(home: Household, name: str, *, relay: bool) -> Start:
    """Start a node as `freehold up` does, until it says that it is ready."""
    began = time.perf_counter()
    resident = home.start(name, relay=relay)
    started = so_far(resident.process.pid, began)
    resident.process.stop()
    return started


def so_far(pid: int, began: float) -> Start:
    """What a process has used until now."""
    wall_s = time.perf_counter() - began
    of = Path(f"/proc/{pid}")
    ticks = of.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]  # user's and system's, proc(5)
    pages = int(of.joinpath("statm").read_text().split()[1])
    cpu_s = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return Start(wall_s, cpu_s, pages * os.sysconf("SC_PAGE_SIZE") / _MIB)


@contextmanager
def ways() -> Generator[list[Way]]:
    """All of them, with folders that are gone afterwards."""
    with household() as home:
        our_node(home, "owner", relay=False)  # makes the identity
        yield [
            Way("import libp2p, and nothing else", import_alone),
            Way(_STOCK, stock_host),
            Way("a node that relays", lambda: our_node(home, "relay", relay=True)),
            Way("a node with an identity", lambda: our_node(home, "owner", relay=False)),
        ]


def table(measured: list[Way]) -> str:
    """Medians, and each as a multiple of the stock host's."""
    lines = [f"a node's start, medians of {len(measured[0].starts)} rounds"]
    lines.append(f"{'':32}{'ready in s':>11}{'of stock':>9}{'CPU s':>8}{'of stock':>9}{'MiB':>8}{'of stock':>9}")
    stock = next(way for way in measured if way.name == _STOCK).median
    for way in measured:
        wall_s, cpu_s, mib = way.median
        lines.append(
            f"{way.name:32}{wall_s:11.2f}{wall_s / stock.wall_s:9.2f}{cpu_s:8.2f}{cpu_s / stock.cpu_s:9.2f}"
            f"{mib:8.1f}{mib / stock.mib:9.2f}"
        )
    return "\n".join(lines)


async def _listen() -> None:
    """The stock host, until standard input ends."""
    from tests.hostile.stock import Stock  # noqa: PLC0415  -- only this process pays for it

    async with trio.open_nursery() as nursery:
        await nursery.start(Stock().run)
        print("ready", flush=True)
        await trio.to_thread.run_sync(sys.stdin.read)
        nursery.cancel_scope.cancel()


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stock", action="store_true", help="be the stock host")
    chosen = parser.parse_args(arguments)
    if chosen.stock:
        logging.disable(logging.CRITICAL)
        trio.run(_listen)
        return
    with ways() as all_ways:
        for _ in range(chosen.rounds):
            for way in all_ways:
                way.measure()
        print(table(all_ways))


if __name__ == "__main__":
    main(sys.argv[1:])
