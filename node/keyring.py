"""The owner's key while the node runs: locked or not, until when, and how often somebody guessed wrong."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import trio

from . import clock, keystore
from .core import identities
from .core.desk import Denied

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .api.port import Office
    from .core.effects import Effect
    from .keystore import Unlocked

MINUTE_S = 60
FREE_GUESSES = 3
"""Everybody mistypes; from the next one on, each wrong passphrase makes the one after wait twice as long."""
LONGEST_WAIT_S = 300
"""288 guesses a day at most, and nobody who remembers again is kept out for long."""
_LOG = logging.getLogger(__name__)


class Keyring:
    """Locks and unlocks the desk's key. No passphrase is kept, logged or told, and none stays here after its call."""

    def __init__(self, office: Office, key_file: Path, elapsed_s: Callable[[float], float] = clock.uptime_s) -> None:
        self._office, self._key_file = office, key_file
        self._elapsed_s = elapsed_s
        self._one_at_a_time = trio.Lock()
        self._opened = self._failed = clock.started()
        self._lasting_s: float | None = None
        self._until: int | None = None
        self._failures_in_a_row = 0
        self.wrong_since_start = 0
        """Wrong passphrases: somebody guesses, or somebody forgot."""

    def state(self) -> dict[str, Any]:
        """Whether the key is `none`, `locked` or `unlocked`, and until when (ms; None for as long as the node runs)."""
        desk = self._office.desk
        key = "none" if desk.me is None else "locked" if desk.signer is None else "unlocked"
        return {"key": key, "unlocked_until": self._until, "wrong_passphrases": self.wrong_since_start}

    async def unlock(self, passphrase: str, minutes: int | None) -> None:
        """Sign from now on, for so long. Raises Denied: `no-identity`, `too-many-guesses`, `wrong-passphrase`, ..."""
        async with self._one_at_a_time:
            await self.take(await self._open(passphrase), minutes)

    async def export(self, passphrase: str) -> str:
        """The encrypted key file, for who knows its passphrase. Raises Denied as `unlock` does."""
        async with self._one_at_a_time:
            await self._open(passphrase)
            return await trio.to_thread.run_sync(keystore.text_of, self._key_file)

    async def _open(self, passphrase: str) -> Unlocked:
        self._office.desk.myself()
        self._check_patience()
        try:
            owner = await trio.to_thread.run_sync(keystore.unlock, self._key_file, passphrase)
        except Denied as denied:
            if denied.code == "wrong-passphrase":
                self._guessed_wrong()
            raise
        self._failures_in_a_row = 0
        return owner

    async def take(self, owner: Unlocked, minutes: int | None) -> None:
        """Sign with an opened key, and do what waited for it. Raises Denied if it is not this node's."""
        desk = self._office.desk
        keystore.check_network(owner, desk.network.name)
        if desk.me not in (None, owner.signer.identity):
            raise Denied(
                "other-identity",
                "the key file holds another identity than the one that this node runs for",
                "restart the node: freehold restart",
            )
        desk.signer, desk.owner = owner.signer, owner.signer.identity
        self._lasts(minutes)
        await self._office.do(partial(self._introduce, owner))
        _LOG.info("the key is unlocked%s", "" if minutes is None else f" for {minutes} minutes")

    def _lasts(self, minutes: int | None) -> None:
        """The key that is unlocked now is locked again after so long (None: not before the node stops)."""
        self._opened = clock.started()
        self._lasting_s = None if minutes is None else minutes * MINUTE_S
        self._until = None if minutes is None else self._office.now() + minutes * MINUTE_S * 1000

    def lock(self) -> None:
        """Sign nothing any more."""
        desk = self._office.desk
        desk.owner, desk.signer = desk.me, None
        self._lasting_s = self._until = None

    def ticked(self) -> None:
        """Lock the key if its time is over; the system's clock, which can be set, has no say."""
        if self._lasting_s is not None and self._elapsed_s(self._opened) >= self._lasting_s:
            self.lock()
            _LOG.info("the key is locked again: its time is over")

    def _introduce(self, owner: Unlocked, now: int) -> tuple[None, list[Effect]]:
        desk, service = self._office.desk, self._office.service
        _, announced = identities.enrol(desk, owner.inception, now)
        return None, [*announced, *service.unlocked(now)]

    def _check_patience(self) -> None:
        beyond = self._failures_in_a_row - FREE_GUESSES
        wait_s = 0 if beyond < 0 else min(2**beyond, LONGEST_WAIT_S)
        left_s = wait_s - self._elapsed_s(self._failed)
        if left_s > 0:
            raise Denied(
                "too-many-guesses",
                f"{self._failures_in_a_row} wrong passphrases in a row",
                f"wait {int(left_s) + 1} s and type it again",
            )

    def _guessed_wrong(self) -> None:
        self._failed = clock.started()
        self._failures_in_a_row += 1
        self.wrong_since_start += 1
        _LOG.warning("a wrong passphrase, number %d in a row", self._failures_in_a_row)
