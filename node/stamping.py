"""Stamps looked for in a process of their own, with low priority: hashing would hold the event loop for seconds."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING

import trio
import trio.lowlevel

from freehold.protocol.stamp import NONCE_BYTES, Stamp, question, search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .core.effects import Pay

SEARCH_S = 10 * 60.0
"""A slow machine finds the largest stamp that may be paid without asking in this time, mostly."""
_COMMAND = (sys.executable, "-m", "freehold.node.stamper")
_LOG = logging.getLogger(__name__)


async def find(pay: Pay, command: Sequence[str] = _COMMAND) -> Stamp | None:
    """The stamp that is to be paid; None if it was not found in time."""
    asked = question(pay.parcel.recipient, pay.hour, pay.parcel.sealed)
    with trio.move_on_after(SEARCH_S):
        try:
            nonce = await _outside(asked, pay.bits, command)
        except OSError as error:
            _LOG.warning("no process to look for stamps can be started: %s", error)
            nonce = await _here(asked, pay.bits)
        return Stamp(pay.hour, nonce) if nonce is not None and len(nonce) == NONCE_BYTES else None
    return None


async def _outside(asked: bytes, bits: int, command: Sequence[str]) -> bytes:
    found = await trio.run_process(
        list(command), stdin=bytes([bits]) + asked, capture_stdout=True, stderr=subprocess.DEVNULL, check=False,
        start_new_session=True,
    )  # fmt: skip
    return found.stdout


async def _here(asked: bytes, bits: int) -> bytes | None:
    """In short steps, so that everything else goes on."""
    steps = search(asked, bits)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        await trio.lowlevel.checkpoint()
