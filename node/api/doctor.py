"""Operations on the node's health and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bodies.given import Nothing
from .bodies.house import Changes, Fixing
from .callers import Scope
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from .port import Json


async def examine(call: Call[Nothing]) -> Json:
    """Every check of the node, the worst state of all, and what to do."""
    return await call.office.doctor(call.surface.page.status())


async def fix(call: Call[Fixing]) -> Json:
    """Do what a finding says, if the node can; and look again."""
    await call.office.fix(call.given.check)
    return await call.office.doctor(call.surface.page.status())


async def settings(call: Call[Nothing]) -> Json:
    """What config.toml says, and which of it waits for the next start."""
    return call.office.settings()


async def configure(call: Call[Changes]) -> Json:
    """Change config.toml: all of it, or nothing if a value makes no sense."""
    return call.office.configure(dict(call.given.set))


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/doctor", Nothing, examine, "What is wrong with the node", Scope.READ),
    Operation("POST", "/doctor/fix", Fixing, fix, "Let the node put something right", Scope.ADMIN),
    Operation("GET", "/config", Nothing, settings, "The node's settings", Scope.READ),
    Operation("PATCH", "/config", Changes, configure, "Change the node's settings", Scope.ADMIN),
)
