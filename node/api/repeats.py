"""Questions that are asked again: with the same `Idempotency-Key`, the same is answered and nothing is done twice.

A client that lost the answer cannot know whether it was done. What was done is marked in the same transaction, so that
a node that stopped at any moment knows it afterwards, and what was answered is added to the mark. A refusal did nothing
and is not remembered. What changes nothing on disk (locking the key, a draft) is remembered in memory alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

import trio
from starlette.responses import Response

from ..core.desk import Denied

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..core.effects import Effect
    from .port import Office

KEPT_MS = 24 * 60 * 60 * 1000
KEPT = 1_000
KEPT_BYTES = 16 * 1024 * 1024
KEY_LETTERS = 200
T = TypeVar("T")


@dataclass(slots=True)
class _Asked:
    body: bytes
    until: int
    answer: Response | None = None
    done: trio.Event = field(default_factory=trio.Event)


class Repeats:
    """What was answered under which key, by caller."""

    def __init__(self, office: Office) -> None:
        self._office, self._now = office, office.now
        self._asked: dict[tuple[str, str], _Asked] = {}

    async def once(
        self, caller: str, key: str, question: bytes, act: Callable[[Office], Awaitable[Response]]
    ) -> Response:
        """The answer to a question that is asked under a key for the first time, or again. `act` does what it does by
        the office that it is given."""
        if len(key) > KEY_LETTERS:
            raise Denied("bad-request", f"the Idempotency-Key has more than {KEY_LETTERS} letters", "make it shorter")
        name, body = (caller, key), hashlib.sha256(question).digest()
        while (known := self._asked.get(name)) is not None and known.until > self._now():
            _check_same(known.body, body)
            if known.answer is not None:
                return known.answer
            await known.done.wait()
        if (before := self._before(name, body)) is not None:
            return before
        mine = self._asked[name] = _Asked(body, self._now() + KEPT_MS)
        try:
            answer = await self._acted(name, mine, act)
            mine.answer = answer
        finally:
            if mine.answer is None and self._asked.get(name) is mine:
                del self._asked[name]
            mine.done.set()
        self._tidy()
        return answer

    def forget(self) -> None:
        """Something was erased: no answer may keep what it said. That it was done stays known, on disk."""
        self._asked = {name: asked for name, asked in self._asked.items() if asked.answer is None}
        self._office.desk.stores.answers.blank()

    def _before(self, name: tuple[str, str], body: bytes) -> Response | None:
        """What was answered before this node was started."""
        found = self._office.desk.stores.answers.find(*name, self._now())
        if found is None:
            return None
        _check_same(found.question, body)
        if found.body is None:
            what = "this was done, and its answer is not here any more"
            raise Denied("answer-lost", what, "look at what is there before you ask for it anew, under another key")
        return Response(found.body, found.status, media_type=found.media_type)

    async def _acted(
        self, name: tuple[str, str], mine: _Asked, act: Callable[[Office], Awaitable[Response]]
    ) -> Response:
        marking = _Marking(self._office, name, mine)
        answer = await act(cast("Office", marking))
        if marking.marked and isinstance(answer.body, bytes):
            told = (answer.status_code, answer.media_type or "", answer.body)
            await self._office.do(lambda _: (self._office.desk.stores.answers.keep(*name, *told), []))
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


class _Marking:
    """An office that marks, with the first thing that is done by it, that a question was done."""

    def __init__(self, office: Office, name: tuple[str, str], asked: _Asked) -> None:
        self._office, self._name, self._asked = office, name, asked
        self.marked = False

    async def do(self, act: Callable[[int], tuple[T, list[Effect]]]) -> T:
        """See `port.Office`."""

        def marked(now: int) -> tuple[T, list[Effect]]:
            done = act(now)
            answers = self._office.desk.stores.answers
            answers.mark(*self._name, self._asked.body, self._office.now(), self._asked.until)
            return done

        result = await self._office.do(marked)
        self.marked = True
        return result

    def __getattr__(self, name: str) -> object:
        return getattr(self._office, name)


def _check_same(before: bytes, body: bytes) -> None:
    if before != body:
        what = "this Idempotency-Key was used for another question"
        raise Denied("key-reused", what, "make a new key for each question, and repeat it only with that one")
