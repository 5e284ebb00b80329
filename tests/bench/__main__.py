"""All benchmarks, one after the other; each measures its baseline in the same run. `make bench`

Several minutes. For real texts: `python -m tests.bench --offers FILE.csv`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_ALL = {
    "Records verified and stored": "ingest",
    "Gossip among ten nodes": "gossip_latency",
    "Contracts folded": "folds",
    "Start and memory of a node": "start",
}


def main(arguments: list[str]) -> None:
    for title, module in _ALL.items():
        print(f"\n== {title}\n", flush=True)
        more = arguments if module == "ingest" else []
        subprocess.run([sys.executable, "-m", f"tests.bench.{module}", *more], cwd=_ROOT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
