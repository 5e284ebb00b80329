"""A process that looks for one stamp, and no more: `python -m freehold.node.stamper`, started by `stamping.py`.

It reads how many bits (1 byte) and what a nonce is looked for, writes the nonce, or nothing if there is none, and ends.
It has no key, no file and no connection.
"""

from __future__ import annotations

import os
import sys
from typing import IO

from freehold.protocol.stamp import search
from freehold.protocol.steps import at_once

QUESTION_BYTES = 72
POLITENESS = 10
"""Everything else on the machine goes first."""


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer once."""
    given = source.read(1 + QUESTION_BYTES)
    if len(given) == 1 + QUESTION_BYTES:
        sink.write(at_once(search(given[1:], given[0])) or b"")
        sink.flush()


if __name__ == "__main__":
    os.nice(POLITENESS)
    serve(sys.stdin.buffer, sys.stdout.buffer)
