"""What a person is told when something does not work, and the exit code that a script sees."""

from __future__ import annotations

import json
from typing import Any

import click

from .safe import safe_text

DONE, FAILED, USAGE, NOT_RUNNING, REFUSED, LOCKED, WAITING, STOPPED = 0, 1, 2, 3, 4, 5, 6, 130

_EXIT_BY_CODE = {
    "not-running": NOT_RUNNING,
    "unreachable": REFUSED,
    "refused-by-peer": REFUSED,
    "offer-closed": REFUSED,
    "not-fetched": REFUSED,
    "key-locked": LOCKED,
    "no-identity": LOCKED,
    "wrong-passphrase": LOCKED,
    "too-many-guesses": LOCKED,
    "not-your-turn": WAITING,
    "not-signed-yet": WAITING,
    "not-finished": WAITING,
    "usage": USAGE,
    "bad-request": USAGE,
}
"""Codes that mean more to a script than `failed`. A code is stable; its words are not."""


class Trouble(Exception):
    """Something a person can read: what happened and why, what to do about it, and a stable code."""

    def __init__(self, code: str, what: str, hint: str = "", extra: dict[str, Any] | None = None) -> None:
        super().__init__(what)
        self.code, self.what, self.hint, self.extra = code, what, hint, extra or {}

    @property
    def exit_code(self) -> int:
        """What the process ends with."""
        return _EXIT_BY_CODE.get(self.code, FAILED)

    @classmethod
    def from_problem(cls, problem: dict[str, Any]) -> Trouble:
        """From an RFC 9457 problem object of the daemon (or of anything else that answers on its socket)."""
        detail = str(problem.get("detail") or problem.get("title") or "the node refused, without saying why")
        return cls(str(problem.get("code") or "failed"), detail, str(problem.get("hint") or ""), problem)

    def problem(self) -> dict[str, Any]:
        """The same as a problem object, for --json."""
        return {"type": "about:blank", **self.extra, "code": self.code, "detail": self.what, "hint": self.hint}


def tell(trouble: Trouble, *, as_json: bool) -> None:
    """Print a trouble to standard error."""
    if as_json:
        click.echo(json.dumps(trouble.problem(), indent=2), err=True)
        return
    click.echo(f"error: {safe_text(trouble.what)} [{safe_text(trouble.code)}]", err=True)
    if trouble.hint:
        click.echo(f"   do: {safe_text(trouble.hint)}", err=True)
