"""A process that checks signatures and does nothing else: `python -m freehold.node.checker`, started by `checking.py`.

It reads a count (4 bytes, big-endian) and that many proofs of 128 bytes, writes one byte for each (1: good), and ends
with its input. It has no key, no file and no connection.
"""

from __future__ import annotations

import sys
from typing import IO

from freehold.protocol.envelope import verify_proof

COUNT_BYTES = 4
PROOF_BYTES = 128
MOST_PROOFS = 4_096
"""In one message: half a megabyte."""


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer until the source ends."""
    while len(head := source.read(COUNT_BYTES)) == COUNT_BYTES:
        count = int.from_bytes(head, "big")
        if count > MOST_PROOFS or len(data := source.read(count * PROOF_BYTES)) < count * PROOF_BYTES:
            return
        proofs = (data[start : start + PROOF_BYTES] for start in range(0, len(data), PROOF_BYTES))
        sink.write(bytes(map(verify_proof, proofs)))
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
