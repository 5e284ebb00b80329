"""Operations on the owner's key. What they are given is secret: it is in no answer, no log line and no error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bodies import Nothing, Unlocking
from .callers import Scope
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from .port import Json


async def unlock(call: Call[Unlocking]) -> Json:
    """Let the key sign, for a time. Wrong passphrases are counted, and slowed down."""
    await call.office.keys.unlock(call.given.passphrase, call.given.minutes)
    return call.office.keys.state()


async def lock(call: Call[Nothing]) -> Json:
    """Let the key sign nothing any more."""
    call.office.keys.lock()
    return call.office.keys.state()


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/identity/unlock", Unlocking, unlock, "Let the key sign, for a time", Scope.SIGN),
    Operation("POST", "/identity/lock", Nothing, lock, "Let the key sign nothing any more", Scope.SIGN),
)
