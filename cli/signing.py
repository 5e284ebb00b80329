"""Signing, the same for every command: the exact text and its hash are shown first, then it is asked for."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from .errors import Trouble
from .output import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import Json
    from .session import Session


@dataclass(frozen=True)
class Consent:
    """How the person agrees: asked on the terminal, or beforehand (`yes`), perhaps to one hash only (`expect`)."""

    yes: bool = False
    expect: str | None = None


def takes_consent(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command --yes and --expect, and the Consent made of them as `consent`."""

    @click.option("--yes", is_flag=True, help="Sign without asking.")
    @click.option("--expect", metavar="HASH", help="Sign only what has this SHA-256; anything else is refused.")
    @functools.wraps(function)
    def with_consent(*arguments: Any, yes: bool, expect: str | None, **options: Any) -> None:  # noqa: ANN401
        function(*arguments, consent=Consent(yes, expect.strip().lower() if expect else None), **options)

    return with_consent


def sign(session: Session, path: str, body: Json, consent: Consent, summary: str = "") -> Json:
    """Show what is signed, and its hash, ask, and send it; the answer. Raises Trouble: `hash-differs` among others.

    The node signs only what has the hash that was shown.
    """
    draft = session.client.post(path, {**body, "draft": True})
    shown = str(draft["hash"])
    for text in filter(None, (summary, f"This is what you sign:\n{draft['text']}", f"SHA-256  {shown}")):
        say(text, err=session.as_json)
    if consent.expect not in (None, shown):
        raise Trouble(
            "hash-differs",
            f"nothing was signed: the hash of this text is {shown}, not {consent.expect}",
            "read the text again: it is not the one that you expect",
        )
    if not consent.yes:
        _ask(session)
    return session.client.post(path, {**body, "expect": shown})


def _ask(session: Session) -> None:
    if not sys.stdin.isatty():
        raise Trouble(
            "usage",
            "this signs in your name, and there is no terminal to ask you on",
            "add --yes if you mean it; with --expect HASH it is only this text",
        )
    if not click.confirm("Sign this?", default=False, err=session.as_json):
        raise Trouble("not-signed", "nothing was signed", "")
