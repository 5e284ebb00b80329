"""Whose a bearer token is."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from .callers import Caller, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.ports import Tokens

PREFIX = "fht"
_TOKEN_LETTERS = 120


def caller_by(tokens: Tokens, now: Callable[[], int], given: str) -> Caller | None:
    """Who comes with a bearer token; None if it is not good."""
    parts = given[:_TOKEN_LETTERS].split("_")
    if len(parts) != 3 or parts[0] != PREFIX:  # noqa: PLR2004  -- prefix, name, secret
        return None
    token = tokens.find(parts[1])
    if token is None or not hmac.compare_digest(token.hash, hash_of(parts[2])) or token.expires <= now():
        return None
    return Caller(f"token {token.name}", frozenset(Scope(name) for name in token.scopes))


def hash_of(secret: str) -> bytes:
    """The secret has 256 random bits: nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
