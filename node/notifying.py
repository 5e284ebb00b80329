"""What the owner is told, handed to a command of the owner's choice: JSON on its standard input, never an argument."""

from __future__ import annotations

import json
import logging
import subprocess
from datetime import datetime
from typing import TYPE_CHECKING

import trio

from freehold.protocol.text import CONTRACT, OFFER, show

from .config import QUIET
from .core import searching

if TYPE_CHECKING:
    from collections.abc import Callable

    from .config import Config
    from .core.ports import Notice, Stores

LOOK_S = 1.0
COMMAND_S = 10.0
"""A command that takes longer is ended: the next notice waits for it."""
AT_ONCE = 20
_LOG = logging.getLogger(__name__)


class Notifier:
    """One command after the other, for notices of the topics that the owner chose, outside of quiet hours."""

    def __init__(self, stores: Stores, config: Config, now: Callable[[], int]) -> None:
        self._stores, self._config, self._now = stores, config, now
        latest = stores.notices.latest(1)
        self._last = latest[-1].number if latest else 0
        self._failing = False

    async def run(self) -> None:
        """For ever; without a command, not at all."""
        while self._config.notify_command:
            await self.hand_over()
            await trio.sleep(LOOK_S)

    async def hand_over(self) -> None:
        """Everything that was told since the last time."""
        for notice in self._stores.notices.after(self._last, AT_ONCE):
            self._last = notice.number
            if notice.topic in self._config.notify_topics and not is_quiet(self._config.notify_quiet, self._now()):
                await self._tell(notice)

    async def _tell(self, notice: Notice) -> None:
        about = show(notice.about, OFFER if notice.topic == searching.TOPIC else CONTRACT)
        fields = {
            "number": notice.number, "at": notice.at, "topic": notice.topic, "about": about, "text": notice.text,
        }  # fmt: skip
        try:
            with trio.fail_after(COMMAND_S):
                await trio.run_process(
                    list(self._config.notify_command), stdin=json.dumps(fields).encode() + b"\n",
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
            self._failing = False
        except (OSError, ValueError, subprocess.CalledProcessError, trio.TooSlowError) as error:
            if not self._failing:
                _LOG.warning("notify_command failed, which is said once until it works: %s", type(error).__name__)
            self._failing = True


def is_quiet(hours: str, now: int) -> bool:
    """Whether a time (ms) is within quiet hours such as 22:00-07:00, by this machine's clock."""
    found = QUIET.fullmatch(hours)
    if found is None or not hours:
        return False
    here = datetime.fromtimestamp(now / 1000).astimezone()
    minute = here.hour * 60 + here.minute
    start, end = (int(found[first]) * 60 + int(found[first + 1]) for first in (1, 3))
    return start <= minute < end if start <= end else minute >= start or minute < end
