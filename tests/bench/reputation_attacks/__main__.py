"""Reputation under attack, ours and others', and a forecast on real ratings:

    python -m tests.bench.reputation_attacks [--ratings FILE.csv] [--size 100000] [--seeds 2] [--bars]

Five seeds that nothing was tuned on. Several minutes; `--bars` runs only the attacks that a bar or goal is about.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

from . import bars, baselines, libraries, market, ours, report, viewpoint
from .otc import forecasts, read
from .run import Figure, figures

FIRST_SEED = 2101
"""Research was tuned on seeds 1 to 9 of another generator; nothing was ever tuned on these."""
RANKERS = {**ours.OURS, **baselines.ALL}


def main() -> None:
    given = _arguments()
    print(f"{given.size} honest identities, seeds {FIRST_SEED} to {FIRST_SEED + given.seeds - 1}.", flush=True)
    honest = market.made(given.size, FIRST_SEED)
    for line in libraries.agreement(honest, viewpoint.chosen(honest, FIRST_SEED)):
        print(line, flush=True)
    begin, every = time.perf_counter(), list[Figure]()
    for seed in range(FIRST_SEED, FIRST_SEED + given.seeds):
        every += figures(seed, given.size, RANKERS, bars.ASKED if given.bars else None)
        print(f"seed {seed} after {time.perf_counter() - begin:.0f} s", flush=True)
    if given.raw:
        with given.raw.open("w", newline="") as file:
            csv.writer(file).writerows((one.attack, one.measure, one.ranker, one.value) for one in every)
    found = report.Figures(every)
    print("\n".join(report.tables(found, RANKERS)))
    for name in ours.OURS:
        print(f"\n**Bars: {name}**\n\n" + "\n".join(report.bar_table(bars.bars(found, name))))
    if given.ratings:
        print("\n**Real ratings**\n\n" + "\n".join(report.forecast_table(forecasts(read(given.ratings), RANKERS))))
    else:
        print("\nNo real ratings: give them with --ratings FILE.csv.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Reputation under attack")
    parser.add_argument("--size", type=int, default=10_000, help="honest identities")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--bars", action="store_true", help="only the attacks that a bar or a goal is about")
    parser.add_argument("--ratings", type=Path, help="a file of soc-sign-bitcoin-otc")
    parser.add_argument("--raw", type=Path, help="where to write every figure")
    return parser.parse_args()


if __name__ == "__main__":
    main()
