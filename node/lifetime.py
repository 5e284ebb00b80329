"""When a node's process ends: on a signal, with whoever started it, and never later than it should."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import trio

if TYPE_CHECKING:
    from collections.abc import Callable

STOP_S = 1.5
"""A stop is clean within this, or the process ends anyway: what was acknowledged is on the disk at any moment."""
_READ_BYTES = 4096
_LOG = logging.getLogger(__name__)


async def stop_on_signal(stop: Callable[[], None]) -> None:
    """Call `stop` at SIGTERM or SIGINT."""
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for number in signals:
            _LOG.info("stopping: %s", signal.Signals(number).name)
            stop()


async def stop_with_starter(stop: Callable[[], None]) -> None:
    """Call `stop` when standard input ends, which it does when the process that holds the other end does."""
    descriptor = sys.stdin.fileno()
    while True:
        with suppress(PermissionError):  # a file, e.g. /dev/null: nothing to wait for, it can always be read
            await trio.lowlevel.wait_readable(descriptor)
        await trio.lowlevel.checkpoint()
        if not os.read(descriptor, _READ_BYTES):
            _LOG.info("stopping: whoever started this node has ended")
            stop()
            return


def let_go() -> None:
    """Leave the pipes of whoever started this process: they are about to close them."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def end_in_time() -> None:
    """End the process in 1.5 s, however far the clean way has come: a stuck peer must not hold a node up."""

    def end() -> None:
        _LOG.warning("the stop took longer than %s s and was cut short", STOP_S)
        logging.shutdown()
        os._exit(0)

    timer = threading.Timer(STOP_S, end)
    timer.daemon = True
    timer.start()
