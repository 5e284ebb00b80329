"""What the owner is told, handed to a command of the owner's choice: JSON on its standard input, never an argument."""

from __future__ import annotations

import json
import logging
import subprocess
from datetime import datetime
from typing import TYPE_CHECKING

import trio

from .config import QUIET
from .core.ports import StorageFull
from .core.telling import subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from .config import Config
    from .core.ports import Notice, Stores
    from .ledger import Ledger

LOOK_S = 1.0
COMMAND_S = 10.0
"""A command that takes longer is ended: the next notice waits for it."""
AT_ONCE = 20
MOST_WAITING = 200
"""Of a long silence the last ones are told."""
_LOG = logging.getLogger(__name__)


class Notifier:
    """One command after the other, for notices of the topics that the owner chose, outside of quiet hours: what is told
    in them is handed over when they end."""

    def __init__(self, stores: Stores, ledger: Ledger, config: Config, now: Callable[[], int]) -> None:
        self._stores, self._ledger, self._config, self._now = stores, ledger, config, now
        self._last = self._begins_after()
        self._failing = False

    async def run(self) -> None:
        """For ever; without a command, not at all."""
        while self._config.notify_command:
            await self.hand_over()
            await trio.sleep(LOOK_S)

    async def hand_over(self) -> None:
        """Everything that was told since the last time. In quiet hours nothing: it waits until they are over."""
        for notice in self._stores.notices.after(self._last, AT_ONCE):
            if is_quiet(self._config.notify_quiet, self._now()):
                return
            self._last = notice.number
            self._remember(notice.number)
            if notice.topic in self._config.notify_topics:
                await self._tell(notice)

    def _begins_after(self) -> int:
        """What was told before is old, but for what waits for the end of quiet hours since the last run."""
        notices = self._stores.notices
        latest = [notice.number for notice in notices.latest(MOST_WAITING)]
        if not latest:
            return 0
        handed = notices.handed() if self._config.notify_command else None
        if handed is None:
            self._remember(latest[-1])
            return latest[-1]
        return max(handed, latest[0] - 1)

    def _remember(self, number: int) -> None:
        """With the next batch: who ends without it tells a notice twice."""
        try:
            self._stores.notices.hand(number)
            self._ledger.note(())
        except StorageFull:
            self._ledger.lost()

    async def _tell(self, notice: Notice) -> None:
        fields = {
            "number": notice.number,
            "at": notice.at,
            "topic": notice.topic,
            "about": subject(notice),
            "text": notice.text,
        }
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
