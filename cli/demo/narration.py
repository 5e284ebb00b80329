"""The demo's voice: acts, what happens, and every claim with its check mark."""

from __future__ import annotations

import shutil
import textwrap
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import Trouble
from ..output import paint
from ..safe import safe_line

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
POLL_S = 0.05
_WIDTH = 100
_INDENT = "    "
_MARKED = "  "
"""In place of a mark, on the lines after the first."""


class Unfulfilled(Exception):
    """A claim did not become true in time, and what follows makes no sense without it."""


@dataclass
class Narrator:
    """Tells the story and keeps count of what was checked."""

    to_stderr: bool = False
    started: float = field(default_factory=time.monotonic)
    checks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Every claim so far: `claim`, `where` it was looked at, `seconds` until it held, `held`."""
    _acts: int = 0

    @property
    def failed(self) -> list[str]:
        """Claims that did not hold."""
        return [check["claim"] for check in self.checks if not check["held"]]

    @property
    def seconds(self) -> float:
        """Since the curtain rose."""
        return time.monotonic() - self.started

    def line(self, text: str = "") -> None:
        """One line as it is; what came from outside is made safe before."""
        click.echo(text, err=self.to_stderr)

    def act(self, title: str) -> None:
        """Begin the next act."""
        self._acts += 1
        self.line()
        self.line(paint(f"{self._acts:2}  {title}", "cyan", bold=True))

    def tell(self, text: str) -> None:
        """What happens, in our words; wrapped to the terminal."""
        for line in self._wrapped(text):
            self.line(_INDENT + line)

    def quote(self, who: str, text: str) -> None:
        """What somebody says; it came over the network."""
        first, *more = self._wrapped(f"{safe_line(who)}: {safe_line(text)}")
        speaker, colon, words = first.partition(":")
        self.line(_INDENT + paint(speaker + colon, bold=True) + words)
        for line in more:
            self.line(_INDENT + line)

    def typed(self, command: str, answer: list[str]) -> None:
        """A command that somebody types, and lines of its answer."""
        self.line(_INDENT + paint(f"$ {safe_line(command)}", bold=True))
        for line in answer:
            for part in self._wrapped(safe_line(line), len(_MARKED)):
                self.line(_INDENT + _MARKED + paint(part, dim=True))

    def see(self, claim: str, where: str, look: Callable[[], T | None], within_s: float = 30.0) -> T:
        """Check a claim at somebody else's node: `look` until it gives something. Raises Unfulfilled.

        A look that meets Trouble (not here yet) is repeated like one that finds nothing.
        """
        began = time.monotonic()
        found, why = self._poll(look, began + within_s)
        took = time.monotonic() - began
        self._mark(claim, where, took, ok=found is not None, why=why)
        if found is None:
            raise Unfulfilled(claim)
        return found

    def check(self, claim: str, where: str, *, holds: bool, why: str = "") -> None:
        """A claim that is true or false now. The story goes on either way; the end tells."""
        self._mark(claim, where, 0.0, ok=holds, why=why)

    @staticmethod
    def _width(indent: int) -> int:
        return max(40, min(_WIDTH, shutil.get_terminal_size().columns) - len(_INDENT) - indent)

    def _wrapped(self, text: str, indent: int = 0) -> list[str]:
        words = " ".join(text.split())
        return textwrap.wrap(words, self._width(indent), break_long_words=False, break_on_hyphens=False)

    def _poll(self, look: Callable[[], T | None], deadline: float) -> tuple[T | None, str]:
        why = ""
        while True:
            try:
                found = look()
            except Trouble as trouble:
                found, why = None, trouble.what
            if found is not None:
                return found, ""
            if time.monotonic() >= deadline:
                return None, why
            time.sleep(POLL_S)

    def _mark(self, claim: str, where: str, took_s: float, *, ok: bool, why: str) -> None:
        self.checks.append({"claim": claim, "where": where, "seconds": round(took_s, 2), "held": ok})
        mark = paint("\N{CHECK MARK}", "green", bold=True) if ok else paint("\N{BALLOT X}", "red", bold=True)
        detail = f"({safe_line(where)}, {took_s:.1f} s)" if took_s >= POLL_S else f"({safe_line(where)})"
        first, *more = self._wrapped(safe_line(claim), len(_MARKED))
        last = (more or [first])[-1]
        fits = len(last) + 2 + len(detail) <= self._width(len(_MARKED))
        told = [first, *more] if fits else [first, *more, ""]
        for number, line in enumerate(told, 1):
            end = paint(f"{'  ' if line else ''}{detail}", dim=True) if number == len(told) else ""
            self.line(f"{_INDENT}{mark + ' ' if number == 1 else _MARKED}{line}{end}")
        if not ok and why:
            self.line(_INDENT + _MARKED + paint(safe_line(why), "red"))
