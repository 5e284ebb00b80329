"""Write every vector afresh: `python -m specs.vectors.generate` from the top of the repository. The same each time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .cases import (
    beside,
    between,
    contract,
    encoding,
    entering,
    evidence,
    frame,
    identity,
    kinds,
    reconciliation,
    record,
    reputation,
    requests,
    sealing,
    stamp,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .case import Cases

FOLDER = Path(__file__).parent
_FAMILIES: dict[str, Callable[[], Cases]] = {
    "encoding": encoding.cases,
    "record": record.cases,
    "identity": identity.cases,
    "text": text.cases,
    "kinds": lambda: kinds.cases() | between.cases() | entering.cases() | beside.cases(),
    "contract": contract.cases,
    "evidence": evidence.cases,
    "sealing": lambda: sealing.cases() | stamp.cases(),
    "frame": frame.cases,
    "requests": requests.cases,
    "reconciliation": reconciliation.cases,
    "reputation": reputation.cases,
}


def files() -> dict[str, str]:
    """Every vector: its path below this folder, and its text."""
    return {
        f"{family}/{name}.json": case.text() for family, cases in _FAMILIES.items() for name, case in cases().items()
    }


def main() -> None:
    """Write them, and remove those that are no longer made."""
    made = files()
    for old in FOLDER.rglob("*.json"):
        if str(old.relative_to(FOLDER)) not in made:
            old.unlink()
    for path, text_of_it in made.items():
        target = FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text_of_it)
    sys.stdout.write(f"{len(made)} vectors\n")


if __name__ == "__main__":
    main()
