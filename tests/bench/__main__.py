"""All benchmarks, one after the other; each measures its baseline in the same run. `make bench`

Half an hour. With real data: `python -m tests.bench --offers FILE.csv --ratings FILE.csv`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_ALL = {
    "Records verified and stored": "ingest",
    "The event loop while records come in": "stalls",
    "Records stored, beside nostr-sdk": "nostr",
    "Gossip among ten nodes": "gossip_latency",
    "Contracts folded": "folds",
    "Differences found": "reconcile",
    "A node that was away": "catch_up",
    "Search": "search",
    "The store over PostgreSQL, beside SQLite's": "postgres",
    "Start and memory of a node": "start",
    "Memory of a node with many records": "memory",
    "The local API": "surface",
    "The event loop while a reputation is exported": "exports",
    "The page": "first_page",
    "Reputation under attack": "reputation_attacks",
}
_TAKES = {"ingest": "offers", "reputation_attacks": "ratings"}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="All benchmarks")
    parser.add_argument("--offers", metavar="FILE", help="job posts, for the texts of offers")
    parser.add_argument("--ratings", metavar="FILE", help="ratings of a real market (soc-sign-bitcoin-otc)")
    given: dict[str, str | None] = vars(parser.parse_args(arguments))
    for title, module in _ALL.items():
        print(f"\n== {title}\n", flush=True)
        option = _TAKES.get(module)
        file = given[option] if option else None
        more = [f"--{option}", file] if file else []
        subprocess.run([sys.executable, "-m", f"tests.bench.{module}", *more], cwd=_ROOT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
