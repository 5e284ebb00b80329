"""Long answers are made in short steps: the node's other work has its turn after each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import trio

if TYPE_CHECKING:
    from freehold.protocol.steps import Steps

T = TypeVar("T")


async def by_turns(steps: Steps[T]) -> T:
    """What comes of all steps. Raises what they raise."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        await trio.lowlevel.checkpoint()
