"""Questions that are asked again: with the same `Idempotency-Key`, the same is answered and nothing is done twice.

A client that lost the answer cannot know whether it was done. Only what succeeded is remembered, for a day, in memory:
a refusal did nothing, and a restart forgets.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import trio

from ..core.desk import Denied

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

KEPT_MS = 24 * 60 * 60 * 1000
KEPT = 1_000
KEPT_BYTES = 16 * 1024 * 1024
KEY_LETTERS = 200


@dataclass(slots=True)
class _Asked:
    body: bytes
    until: int
    answer: Response | None = None
    done: trio.Event = field(default_factory=trio.Event)


class Repeats:
    """What was answered under which key, by caller."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._asked: dict[tuple[str, str], _Asked] = {}

    async def once(self, caller: str, key: str, question: bytes, act: Callable[[], Awaitable[Response]]) -> Response:
        """The answer to a question that is asked under a key for the first time, or again."""
        if len(key) > KEY_LETTERS:
            raise Denied("bad-request", f"the Idempotency-Key has more than {KEY_LETTERS} letters", "make it shorter")
        name, body = (caller, key), hashlib.sha256(question).digest()
        while (known := self._asked.get(name)) is not None and known.until > self._now():
            if known.body != body:
                what = "this Idempotency-Key was used for another question"
                raise Denied("key-reused", what, "make a new key for each question, and repeat it only with that one")
            if known.answer is not None:
                return known.answer
            await known.done.wait()
        mine = self._asked[name] = _Asked(body, self._now() + KEPT_MS)
        try:
            answer = await act()
            mine.answer = answer
        finally:
            if mine.answer is None and self._asked.get(name) is mine:
                del self._asked[name]
            mine.done.set()
        self._tidy()
        return answer

    def _tidy(self) -> None:
        """The oldest go first, never one that is still being answered."""
        done = [name for name, asked in self._asked.items() if asked.answer is not None]
        size = sum(len(asked.answer.body) for asked in self._asked.values() if asked.answer is not None)
        now = self._now()
        for name in done:
            asked = self._asked[name]
            if asked.until > now and len(self._asked) <= KEPT and size <= KEPT_BYTES:
                break
            size -= 0 if asked.answer is None else len(asked.answer.body)
            del self._asked[name]
