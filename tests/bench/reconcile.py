"""Finding differences between two sets of keys: bytes, rounds and processor time, against simpler ways.

    python -m tests.bench.reconcile [--big]

Two sides in memory that speak the real protocol, records left out (an answer to `ask` is `gone`), so that only what
finding costs is counted (and `gone` is not). In the same run: ranges alone (no sketch), all ids (32 bytes each, one
way), and "since t" (what it would miss). Times are both sides' together; the machine is noisy, so trust ratios.

A conversation has its bounds: of 100,000 scattered differences the first finds a part; that row is about it alone.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tracemalloc
from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.reconcile import messages
from freehold.protocol.reconcile.conversation import Conversation, speak_first
from freehold.protocol.reconcile.domain import EVERYTHING
from freehold.protocol.reconcile.keys import ID_BYTES, OrderedKeys, id_of, key
from freehold.protocol.reconcile.sketch import PREFIX_BYTES, Sketch

if TYPE_CHECKING:
    from collections.abc import Sequence

START_MS, APART_MS = 1_700_000_000_000, 1_000
NONCE = bytes(8)


@dataclass
class BareSide:
    """Keys without records. See `conversation.Side`."""

    keys: OrderedKeys
    cells: Sketch | None
    ids: dict[bytes, bytes]

    def sketch(self) -> list[int] | None:
        return None if self.cells is None else self.cells.cells.copy()

    def known(self, names: Sequence[bytes]) -> set[bytes]:
        return {name for name in names if name[:PREFIX_BYTES] in self.ids}

    def find(self, names: Sequence[bytes]) -> dict[bytes, list[bytes]]:
        return {name: [self.ids[name]] for name in names if name in self.ids}

    def packed(self, ids: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
        del ids
        return []


@dataclass(frozen=True)
class Cost:
    wire_bytes: int
    rounds: int
    seconds: float
    found: int


class Bench:
    """Sets of one size; differences are taken out of either side and put back."""

    def __init__(self, size: int) -> None:
        rng = random.Random(size)
        self.all = [key(START_MS + number * APART_MS, rng.randbytes(ID_BYTES)) for number in range(size)]
        self.ids = {id_of(one)[:PREFIX_BYTES]: id_of(one) for one in self.all}
        self.whole = Sketch()
        for one in self.all:
            self.whole.toggle(id_of(one)[:PREFIX_BYTES])
        self._rng = rng

    def differing(self, count: int, where: str) -> list[bytes]:
        if where == "recent":
            return self.all[len(self.all) - count :] if count else []
        return self._rng.sample(self.all, count)

    def sides(self, gone: list[bytes], where: str, *, cells: bool) -> tuple[BareSide, BareSide]:
        """Recent: the opener lacks all of them. Scattered: each side lacks half."""
        half = len(gone) if where == "recent" else len(gone) // 2
        return self._without(gone[:half], cells=cells), self._without(gone[half:], cells=cells)

    def _without(self, gone: list[bytes], *, cells: bool) -> BareSide:
        lacking = set(gone)
        sketch = Sketch(self.whole.cells.copy()) if cells else None
        if sketch is not None:
            for one in gone:
                sketch.toggle(id_of(one)[:PREFIX_BYTES])
        ids = self.ids.copy()
        for one in gone:
            del ids[id_of(one)[:PREFIX_BYTES]]
        return BareSide(OrderedKeys.of(one for one in self.all if one not in lacking), sketch, ids)


def converse(one: BareSide, other: BareSide) -> Cost:
    """One conversation to its end; the best processor time of three, for the same bytes."""
    return min((_once(one, other) for _ in range(3)), key=lambda cost: cost.seconds)


def _once(one: BareSide, other: BareSide) -> Cost:
    began = time.process_time()
    opener, answerer = (Conversation(side, EVERYTHING, opener=side is one) for side in (one, other))
    step = answerer.opened(speak_first(opener.opening(NONCE)))
    waiting, rounds, gone = [(opener, frame) for frame in step.say], 1, 0
    while waiting:
        who, frame = waiting.pop(0)
        partner = answerer if who is opener else opener
        found = who.heard(frame)
        gone += sum(len(said) for said in found.say if isinstance(messages.read(said), messages.Gone))
        waiting += [(partner, said) for said in found.say]
        rounds += who is opener and bool(found.say)
        if found.over and who is opener:
            break
    seconds = time.process_time() - began
    sent = opener.tally.bytes_out + answerer.tally.bytes_out - gone
    return Cost(sent, rounds, seconds, opener.tally.asked + answerer.tally.asked)


def line(*cells: object) -> None:
    sys.stdout.write("| " + " | ".join(str(cell) for cell in cells) + " |\n")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--big", action="store_true", help="also sets of a million keys: minutes, and 1 GB")
    sizes = (10_000, 100_000, 1_000_000) if parser.parse_args().big else (10_000, 100_000)
    line("keys", "differences", "way", "bytes", "bytes each", "rounds", "ms, both", "against all ids", "since t misses")
    line(*["---"] * 9)
    for size in sizes:
        bench = Bench(size)
        for count, where in ((0, "recent"), (10, "recent"), (1_000, "recent"), (100_000, "recent"),
                             (10, "scattered"), (1_000, "scattered"), (100_000, "scattered")):  # fmt: skip
            if count > size // 4:
                continue
            gone = bench.differing(count, where)
            for way in ("sketch first", "ranges"):
                cost = converse(*bench.sides(gone, where, cells=way == "sketch first"))
                share = f"1/{32 * size / cost.wire_bytes:,.0f}" if cost.wire_bytes < 32 * size else "more"
                missed = 0 if where == "recent" else sum(one < bench.all[-size // 100] for one in gone)
                each = f"{cost.wire_bytes / count:,.1f}" if count else "-"
                label = f"{count:,} {where}" if count else "none"
                line(f"{size:,}", label, way, f"{cost.wire_bytes:,}", each, cost.rounds, f"{cost.seconds * 1000:,.2f}",
                     share, f"{missed:,}")  # fmt: skip
        _memory(bench)


def _memory(bench: Bench) -> None:
    tracemalloc.start()
    keys = OrderedKeys.of(bench.all)
    keys.summed(bench.all[1], bench.all[-1])
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    began = time.process_time()
    for number in range(2_000):
        keys.add(key(START_MS + (len(bench.all) + number) * APART_MS, bench.all[number][8:]))
    tail = (time.process_time() - began) / 2_000
    sys.stdout.write(f"\n{len(keys):,} keys: {used / len(bench.all):.1f} bytes each in memory; "
                     f"{tail * 1e6:.1f} us to put one in at the end\n\n")  # fmt: skip


if __name__ == "__main__":
    main()
