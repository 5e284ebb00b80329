"""Signing in two steps, the same for every act: a draft answers the exact text and its hash and keeps nothing; whoever
signs may name that hash, and is refused if anything else would be signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ..core.desk import Denied
from ..core.rehearsing import rehearse, repeating
from . import wording
from .bodies.given import Signing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.desk import Desk
    from ..core.effects import Effect
    from .bodies.given import Given
    from .port import Json, Office

T = TypeVar("T")
KEPT_MS = 10 * 60 * 1000
"""As long as a person reads."""
KEPT = 64
"""Drafts whose randomness is remembered: nobody reads more at once."""


class Drafted(Exception):
    """Not an error: a draft was asked for, and this is the answer."""

    def __init__(self, answer: Json) -> None:
        super().__init__("a draft")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class _Kept:
    asked: bytes
    random: tuple[bytes, ...]
    until: int


class Drafts:
    """The drafts of the last minutes: salts that were drawn for a draft are drawn again when it is signed."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    async def do(self, office: Office, given: Given, act: Callable[[Desk, int], tuple[T, list[Effect]]]) -> T:
        """Sign, or (`draft`) only show. Raises Drafted; Denied, `hash-differs` among others."""
        if not isinstance(given, Signing) or not (given.draft or given.expect):
            return await office.do(lambda now: act(office.desk, now))
        if given.draft:
            raise Drafted(self._draft(office, given, act))
        return await office.do(lambda now: self._as_expected(office.desk, given, act, now))

    def _draft(self, office: Office, given: Signing, act: Callable[[Desk, int], tuple[T, list[Effect]]]) -> Json:
        now = office.now()
        found = rehearse(office.desk, act, now)
        name = found.hash.hex()
        self._kept = {key: kept for key, kept in self._kept.items() if kept.until > now}
        while len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[name] = _Kept(_asked(given), found.random, now + KEPT_MS)
        return {"text": wording.text_of(office.desk, found.records), "hash": name}

    def _as_expected(
        self, desk: Desk, given: Signing, act: Callable[[Desk, int], tuple[T, list[Effect]]], now: int
    ) -> tuple[T, list[Effect]]:
        expected = (given.expect or "").lower()
        kept = self._kept.get(expected)
        if kept is not None and kept.until > now and kept.asked != _asked(given):
            raise _differs("something else was asked for than the draft with that hash")
        random = () if kept is None or kept.until <= now else kept.random
        found = rehearse(repeating(desk, random), act, now).hash.hex()
        if found != expected:
            raise _differs(f"what would be signed has the hash {found}")
        result = act(repeating(desk, random), now)
        self._kept.pop(expected, None)
        return result


def _asked(given: Signing) -> bytes:
    """The request itself, whatever it says about drafts."""
    return type(given).__name__.encode() + msgspec.json.encode(msgspec.structs.replace(given, draft=False, expect=None))


def _differs(reason: str) -> Denied:
    return Denied("hash-differs", f"nothing was signed: {reason}", "look at the text again: it has changed since")
